using System.Collections.Immutable;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Resilience.Health;

/// <summary>
/// Probes the instances of one service, each once in the cluster; the grain's key is the service's upper-case name. Front
/// doors tell it what to probe, again and again: when all have fallen silent it stops, and after the death of its silo the
/// next of them brings it to life elsewhere.
/// </summary>
[Alias("gatehouse.health.health")]
public interface IHealthGrain : IGrainWithStringKey
{
    /// <summary>How often front doors repeat a plan.</summary>
    static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(5);

    /// <summary>Goes on probing, by the newest plan that it was given.</summary>
    [Alias("keep"), ResponseTimeout("00:00:05")]
    Task Keep(HealthPlan plan);
}

/// <summary>What is to be probed.</summary>
/// <param name="Routes">The version of the <c>routes</c> view that it is made from.</param>
/// <param name="Registry">The version of the <c>registry</c> view that it is made from.</param>
/// <param name="Rule">How; null for not at all.</param>
/// <param name="Instances">What.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.health.plan")]
public sealed record HealthPlan(
    [property: Id(0)] ViewVersion Routes,
    [property: Id(1)] ViewVersion Registry,
    [property: Id(2)] RouteHealth? Rule,
    [property: Id(3)] ImmutableArray<ProbedInstance> Instances)
{
    /// <summary>Whether another plan is older, in one thing at least, and newer in none.</summary>
    internal bool Replaces(HealthPlan? other) => other is null || (Routes >= other.Routes && Registry >= other.Registry);
}
