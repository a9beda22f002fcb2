using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// Tells sessions that tokens of theirs are used, so that they do not idle: all of a few seconds in one call, and each session
/// once in a while, however many requests there are.
/// </summary>
internal sealed partial class SessionSightings(
    IGrainFactory grains, IOptions<UserSessionOptions> options, TimeProvider time, ILogger<SessionSightings> logger) : BackgroundService
{
    // Small against the idle timeout, which is late by as much.
    private const int Parts = 20;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly TimeSpan spacing = TimeSpan.FromTicks(Math.Clamp(options.Value.IdleTimeout.Ticks / Parts, Shortest.Ticks, Longest.Ticks));
    private readonly ConcurrentQueue<SessionSighting> waiting = new();

    /// <summary>Notes that a credential was used.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="now">The time, in seconds since 1970.</param>
    public void Note(VerifiedCredential credential, long now)
    {
        if (now < credential.SeenUntil)
        {
            return;
        }

        // Two requests at once tell it twice, which does no harm.
        credential.SeenUntil = now + (long)spacing.TotalSeconds;
        waiting.Enqueue(new SessionSighting(credential.Caller.SessionId!, DateTimeOffset.FromUnixTimeSeconds(now)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(spacing < Every ? spacing : Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Report();
        }
    }

    private async Task Report()
    {
        foreach (var batch in Drain().Chunk(ISessionSightingsGrain.MaxBatch))
        {
            try
            {
                await grains.GetGrain<ISessionSightingsGrain>(0).Report([.. batch]);
            }
            // They are told again, if they are still used.
            catch (Exception e)
            {
                Log.NotReported(logger, batch.Length, e);
            }
        }
    }

    private ImmutableArray<SessionSighting> Drain()
    {
        var latest = new Dictionary<string, SessionSighting>(StringComparer.Ordinal);
        while (waiting.TryDequeue(out var sighting))
        {
            latest[sighting.SessionId] = sighting;
        }

        return [.. latest.Values];
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "SessionsNotSeen", Level = LogLevel.Warning, Message = "{Count} sessions could not be told that they are used")]
        public static partial void NotReported(ILogger logger, int count, Exception exception);
    }
}
