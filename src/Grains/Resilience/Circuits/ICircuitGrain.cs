using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>
/// Owns the circuits of one service: its own and those of its instances; the grain's key is the service's upper-case name.
/// What changes is written, then published to the <c>circuits</c> view.
/// </summary>
[Alias("gatehouse.circuits.circuit")]
public interface ICircuitGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>Opens what has failed too often. Returns once it is written; the front doors hear of it meanwhile.</summary>
    [Alias("trip"), ResponseTimeout("00:00:02")]
    Task Trip(ImmutableArray<CircuitTrip> trips);

    /// <summary>Asks to send the one call that a half-open circuit admits in the whole cluster.</summary>
    [Alias("ask"), ResponseTimeout("00:00:02")]
    Task<ProbeAnswer> Ask(ProbeAsk ask);

    /// <summary>Tells what came of a probe: the circuit closes, or opens anew. One that was given up meanwhile counts no more.</summary>
    [Alias("conclude"), ResponseTimeout("00:00:02")]
    Task Conclude(ProbeResult result);

    /// <summary>Passes over instances that do worse than the others, no more than a share of them at a time.</summary>
    [Alias("eject"), ResponseTimeout("00:00:02")]
    Task Eject(ImmutableArray<OutlierReport> reports);

    /// <summary>Takes up what active probes found out about instances.</summary>
    /// <param name="reasons">Why each is unhealthy, or null where it is healthy.</param>
    /// <param name="holds">How long that holds without being told again.</param>
    [Alias("diagnose"), ResponseTimeout("00:00:05")]
    Task Diagnose(ImmutableDictionary<string, string?> reasons, TimeSpan holds);

    /// <summary>Does what an operator decides: when it returns, every front door acts on it.</summary>
    /// <param name="instance">The instance; empty for the service.</param>
    /// <param name="mode">What is decided; <see cref="CircuitMode.Auto"/> closes the circuit and leaves it to its calls.</param>
    /// <param name="reason">Why, for people.</param>
    /// <returns>The circuit as it is then.</returns>
    [Alias("force"), ResponseTimeout("00:00:30")]
    Task<CircuitEntry> Force(string instance, CircuitMode mode, string reason);

    /// <summary>The circuit as last written.</summary>
    /// <param name="instance">The instance; empty for the service.</param>
    [Alias("find"), AlwaysInterleave]
    ValueTask<CircuitEntry> Find(string instance);
}
