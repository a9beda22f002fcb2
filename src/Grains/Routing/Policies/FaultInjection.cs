namespace Gatehouse.Grains.Routing.Policies;

/// <summary>Faults that a route makes up, so that teams can try how their clients bear them.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.inject")]
public sealed record FaultInjection
{
    /// <summary>How long a request waits first.</summary>
    [Id(0)] public TimeSpan Delay { get; init; }

    /// <summary>With what status it is answered instead of by the service; 0 for none.</summary>
    [Id(1)] public int Status { get; init; }

    /// <summary>Whether its connection is cut instead.</summary>
    [Id(2)] public bool Abort { get; init; }

    /// <summary>The share of requests that meet the fault, above 0 to 1.</summary>
    [Id(3)] public double Share { get; init; } = 1;
}

/// <summary>The rules of <see cref="FaultInjection"/>.</summary>
internal static class InjectionRules
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    public static void Check(FaultInjection? inject, RouteErrors errors)
    {
        if (inject is null)
        {
            return;
        }

        errors.Require(inject.Delay >= TimeSpan.Zero && inject.Delay <= LongestDelay, "inject.delay", "must be from 0ms to 5m");
        errors.Require(inject.Status is 0 or (>= 400 and <= 599), "inject.status", "must be from 400 to 599");
        errors.Require(inject.Share is > 0 and <= 1, "inject.share", "must be above 0, and at most 1");
        errors.Require(inject.Status == 0 || !inject.Abort, "inject.abort", "goes with no 'status'");
        errors.Require(inject.Delay > TimeSpan.Zero || inject.Status > 0 || inject.Abort, "inject", "must have 'delay', 'status' or 'abort'");
    }
}
