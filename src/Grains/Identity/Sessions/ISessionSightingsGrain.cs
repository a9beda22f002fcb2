using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>
/// Passes on to sessions that they were used, for a front door that tells of many at once. Any of them does; they are
/// wherever there is room.
/// </summary>
[Alias("gatehouse.identity.session-sightings")]
public interface ISessionSightingsGrain : IGrainWithIntegerKey
{
    /// <summary>How many sightings there may be in one call.</summary>
    const int MaxBatch = 1000;

    /// <summary>Tells that sessions were used. One that cannot be told is left out: it is told the next time.</summary>
    [Alias("report"), ResponseTimeout("00:00:15")]
    Task Report(ImmutableArray<SessionSighting> sightings);
}

/// <summary>A session was used otherwise than by its cookie.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-sighting")]
public readonly record struct SessionSighting([property: Id(0)] string SessionId, [property: Id(1)] DateTimeOffset At);
