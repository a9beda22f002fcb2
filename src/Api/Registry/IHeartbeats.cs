using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>Passes signs of life on to the services' grains, many in one call.</summary>
internal interface IHeartbeats
{
    /// <summary>Renews a lease.</summary>
    /// <param name="service">The service's name, upper-case.</param>
    /// <param name="beat">The sign of life.</param>
    ValueTask<BeatOutcome> Beat(string service, Heartbeat beat);
}
