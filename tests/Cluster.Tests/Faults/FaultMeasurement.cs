namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>What a fault did once.</summary>
/// <param name="Key">Of the row it belongs to.</param>
/// <param name="Fault">What was done.</param>
/// <param name="Detected">Until the cluster knew it; null where there is nothing to know.</param>
/// <param name="Recovered">The longest that a change waited for its acknowledgement.</param>
/// <param name="Requests">Calls to services that stay.</param>
/// <param name="Failed">Those that were not answered by the service.</param>
/// <param name="Gap">The longest time between two answers to one client.</param>
/// <param name="Lost">Changes that were acknowledged, and that are not there.</param>
/// <param name="WronglyCalled">Calls that reached what was deregistered.</param>
/// <param name="Revoked">Tokens that were revoked.</param>
/// <param name="WronglyAccepted">Uses of one that succeeded afterwards.</param>
/// <param name="Load">The machine's load average of the last minute.</param>
/// <param name="Slowest">The change that waited longest.</param>
/// <param name="Spread">How many services' grains each silo had after a scale-out.</param>
internal sealed record FaultMeasurement(
    string Key,
    string Fault,
    TimeSpan? Detected,
    TimeSpan Recovered,
    int Requests,
    int Failed,
    TimeSpan Gap,
    int Lost,
    int WronglyCalled,
    int Revoked,
    int WronglyAccepted,
    double Load,
    string Slowest,
    IReadOnlyList<int>? Spread = null);
