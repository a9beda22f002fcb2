using System.Text.Json.Serialization;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The JSON of circuits.</summary>
internal sealed record CircuitListing(IReadOnlyList<CircuitBody> Circuits);

/// <summary>The JSON of an operator's decision.</summary>
/// <param name="State"><c>open</c>, <c>closed</c>, or <c>auto</c>: closed, and left to its calls.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record CircuitDecision(string State, string? Reason);

/// <summary>The JSON of a circuit.</summary>
/// <param name="Service">The service.</param>
/// <param name="Instance">The instance; left out for the service's own.</param>
/// <param name="State"><c>closed</c>, <c>open</c> or <c>half-open</c>.</param>
/// <param name="Mode"><c>auto</c>, or <c>forced</c> by an operator.</param>
/// <param name="Since">Since when; left out when it was never otherwise.</param>
/// <param name="Reason">Why.</param>
/// <param name="ProbeAt">When a call is admitted as a probe.</param>
/// <param name="Ejected">That it is passed over as an outlier.</param>
/// <param name="Unhealthy">That it does not pass its health probes.</param>
internal sealed record CircuitBody(
    string Service,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Instance,
    string State,
    string Mode,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ProbeAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AvoidanceBody? Ejected,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AvoidanceBody? Unhealthy)
{
    public static CircuitBody Of(CircuitEntry circuit) => new(
        circuit.Service,
        circuit.Instance.Length == 0 ? null : circuit.Instance,
        circuit.State switch
        {
            CircuitState.Open => "open",
            CircuitState.HalfOpen => "half-open",
            _ => "closed",
        },
        circuit.Mode == CircuitMode.Auto ? "auto" : "forced",
        circuit.Since == default ? null : circuit.Since,
        circuit.Reason.Length == 0 ? null : circuit.Reason,
        circuit is { IsOpen: true, Mode: CircuitMode.Auto } ? circuit.ProbeAt : null,
        circuit.Ejected is { } ejection ? new AvoidanceBody(ejection.Since, ejection.Until, ejection.Reason) : null,
        circuit.Unhealthy is { } sickness ? new AvoidanceBody(sickness.Since, null, sickness.Reason) : null);
}

/// <summary>The JSON of why an instance is passed over.</summary>
internal sealed record AvoidanceBody(
    DateTimeOffset Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Until,
    string Reason);
