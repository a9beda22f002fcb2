namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// When circuits open, by the calls of a route: Hystrix's parameters. Each front door counts its own calls; what one opens is
/// open at all.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.circuit")]
public sealed record RouteCircuit
{
    /// <summary>The circuit of a route that does not say.</summary>
    public static RouteCircuit Default { get; } = new();

    /// <summary>No circuit: the route's calls are neither counted nor held back.</summary>
    public static RouteCircuit None { get; } = new() { Off = true };

    /// <summary>Whether the route has none.</summary>
    [Id(0)] public bool Off { get; init; }

    /// <summary>Over which time calls are counted; 1 s to 5 min.</summary>
    [Id(1)] public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>With fewer calls in the window it does not open; 1 to 1,000,000.</summary>
    [Id(2)] public int MinimumThroughput { get; init; } = 20;

    /// <summary>The share of failed calls that opens it; above 0 to 1.</summary>
    [Id(3)] public double FailureRate { get; init; } = 0.5;

    /// <summary>How long it stays open before one call is admitted as a probe; 100 ms to 1 h.</summary>
    [Id(4)] public TimeSpan Sleep { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The rules of <see cref="RouteCircuit"/>.</summary>
internal static class CircuitRules
{
    private const int MostThroughput = 1_000_000;

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    public static void Check(RouteCircuit? circuit, RouteErrors errors)
    {
        if (circuit is null or { Off: true })
        {
            return;
        }

        errors.Require(circuit.Window >= ShortestWindow && circuit.Window <= LongestWindow, "circuit.window", "must be from 1s to 5m");
        errors.Require(
            circuit.MinimumThroughput is >= 1 and <= MostThroughput, "circuit.minimumThroughput", $"must be from 1 to {MostThroughput}");
        errors.Require(circuit.FailureRate is > 0 and <= 1, "circuit.failureRate", "must be above 0, and at most 1");
        errors.Require(circuit.Sleep >= ShortestSleep && circuit.Sleep <= LongestSleep, "circuit.sleep", "must be from 100ms to 1h");
    }
}
