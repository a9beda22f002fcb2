using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Sessions;

[GrainType("gatehouse.identity.session-sightings"), StatelessWorker]
internal sealed partial class SessionSightingsGrain(ILogger<SessionSightingsGrain> logger) : Grain, ISessionSightingsGrain
{
    private const int AtOnce = 64;

    public async Task Report(ImmutableArray<SessionSighting> sightings)
    {
        Exception? failure = null;
        foreach (var part in sightings.Chunk(AtOnce))
        {
            try
            {
                await Task.WhenAll(part.Select(sighting => GrainFactory.GetGrain<ISessionGrain>(sighting.SessionId).See(sighting.At).AsTask()));
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        if (failure is not null)
        {
            Log.NotSeen(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Some sessions do not know yet that they were used")]
        public static partial void NotSeen(ILogger logger, Exception cause);
    }
}
