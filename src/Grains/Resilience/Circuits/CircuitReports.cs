namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>A front door's report that too many calls have failed.</summary>
/// <param name="Instance">The instance they failed at; empty when it is about the service.</param>
/// <param name="At">When that was seen, by the cluster's clock; what comes too late is no evidence any more.</param>
/// <param name="Sleep">How long the circuit stays open before a probe; 100 ms to 1 h.</param>
/// <param name="Reason">What was seen, for people.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.trip")]
public sealed record CircuitTrip(
    [property: Id(0)] string Instance,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] TimeSpan Sleep,
    [property: Id(3)] string Reason);

/// <summary>A front door's wish to send the one call that a half-open circuit admits.</summary>
/// <param name="Id">The probe's id, new for each.</param>
/// <param name="Instance">The instance; empty for the service.</param>
/// <param name="Term">Within which time, counted from before asking, the call is sent and decided.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.probe-ask")]
public sealed record ProbeAsk(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Instance,
    [property: Id(2)] TimeSpan Term);

/// <summary>The answer to a <see cref="ProbeAsk"/>.</summary>
[GenerateSerializer, Alias("gatehouse.circuits.probe-answer")]
public enum ProbeAnswer
{
    /// <summary>Not now: it sleeps, an operator has opened it, or another probe is under way.</summary>
    Refused = 0,

    /// <summary>The call may be sent, by nobody else.</summary>
    Granted = 1,

    /// <summary>It is closed, and every call may be sent.</summary>
    Closed = 2,
}

/// <summary>What came of a probe.</summary>
/// <param name="Id">The probe's id.</param>
/// <param name="Instance">The instance; empty for the service.</param>
/// <param name="Verdict">What came of it.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.probe-result")]
public sealed record ProbeResult(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Instance,
    [property: Id(2)] ProbeVerdict Verdict);

/// <summary>What a probe says of its target.</summary>
[GenerateSerializer, Alias("gatehouse.circuits.probe-verdict")]
public enum ProbeVerdict
{
    /// <summary>It was not sent, or says nothing: another may be.</summary>
    Unused = 0,

    /// <summary>It answered well.</summary>
    Success = 1,

    /// <summary>It did not.</summary>
    Failure = 2,
}

/// <summary>A front door's report that an instance does worse than the others.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="At">When that was seen, by the cluster's clock.</param>
/// <param name="For">How long it is passed over; 100 ms to 1 h.</param>
/// <param name="Reason">What was seen, for people.</param>
/// <param name="Most">How many instances of the service may be passed over as outliers at the same time.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.outlier")]
public sealed record OutlierReport(
    [property: Id(0)] string Instance,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] TimeSpan For,
    [property: Id(3)] string Reason,
    [property: Id(4)] int Most);
