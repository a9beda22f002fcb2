using System.Text.Json.Serialization;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>
/// The circuit of a service, or of one of its instances, that is not as all are at first: the value in the <c>circuits</c>
/// view. What has no entry is closed, in balancing, and decided by its calls.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.entry")]
public sealed record CircuitEntry
{
    /// <summary>The service's name, upper-case.</summary>
    [Id(0)] public required string Service { get; init; }

    /// <summary>The instance's id; empty for the circuit of the service itself.</summary>
    [Id(1)] public string Instance { get; init; } = "";

    /// <summary>Whether calls pass.</summary>
    [Id(2)] public CircuitState State { get; init; }

    /// <summary>Who decides.</summary>
    [Id(3)] public CircuitMode Mode { get; init; }

    /// <summary>Since when it is in this state.</summary>
    [Id(4)] public DateTimeOffset Since { get; init; }

    /// <summary>Why, for people.</summary>
    [Id(5)] public string Reason { get; init; } = "";

    /// <summary>
    /// When a probe can be asked for: of an open circuit when its sleep is over, of a half-open one when its probe is given
    /// up. By the cluster's clock.
    /// </summary>
    [Id(6)] public DateTimeOffset ProbeAt { get; init; }

    /// <summary>The probe that was admitted last; empty when none was.</summary>
    [Id(7)] public Guid Probe { get; init; }

    /// <summary>How long it sleeps, by the rule that opened it.</summary>
    [Id(8)] public TimeSpan Sleep { get; init; }

    /// <summary>That the instance was ejected as an outlier; null when it was not.</summary>
    [Id(9)] public Ejection? Ejected { get; init; }

    /// <summary>Why active probes take the instance for unhealthy; null when they do not.</summary>
    [Id(10)] public Sickness? Unhealthy { get; init; }

    /// <summary>The entry's key in the view: the service's name, or the instance's key in the registry.</summary>
    [JsonIgnore] public string Key => KeyOf(Service, Instance);

    /// <summary>Whether no calls go to it: neither its own circuit nor an operator lets them pass.</summary>
    [JsonIgnore] public bool IsOpen => State != CircuitState.Closed;

    /// <summary>Whether it is passed over in balancing as long as there are others, though its circuit is closed.</summary>
    [JsonIgnore] public bool IsAvoided => Mode == CircuitMode.Auto && (Ejected is not null || Unhealthy is not null);

    /// <summary>Whether it is as circuits are at first, and needs no entry.</summary>
    [JsonIgnore] internal bool IsNothing => State == CircuitState.Closed && Mode == CircuitMode.Auto && Ejected is null && Unhealthy is null;

    /// <summary>The key of a service's circuit, or of that of an instance.</summary>
    public static string KeyOf(string service, string instance) => instance.Length == 0 ? service : Registry.Instance.KeyOf(service, instance);
}

/// <summary>That an instance does worse than the others, and is passed over for a time.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Until">Until when.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.ejection")]
public sealed record Ejection(
    [property: Id(0)] DateTimeOffset Since,
    [property: Id(1)] DateTimeOffset Until,
    [property: Id(2)] string Reason)
{
    /// <summary>What there is of it at a time; null when it is over.</summary>
    internal Ejection? At(DateTimeOffset now) => Until > now ? this : null;
}

/// <summary>That an instance does not pass its active health probes.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.sickness")]
public sealed record Sickness(
    [property: Id(0)] DateTimeOffset Since,
    [property: Id(1)] string Reason)
{
    /// <summary>What there is of it; null when nobody asks any more.</summary>
    internal Sickness? If(bool isProbed) => isProbed ? this : null;

    /// <summary>The sickness of a reason; null when there is none.</summary>
    internal static Sickness? Of(string? reason, DateTimeOffset now) => reason is null ? null : new Sickness(now, reason);
}
