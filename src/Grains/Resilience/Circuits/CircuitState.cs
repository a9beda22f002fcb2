namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>Whether calls pass.</summary>
[GenerateSerializer, Alias("gatehouse.circuits.state")]
public enum CircuitState
{
    /// <summary>They pass.</summary>
    Closed = 0,

    /// <summary>None passes.</summary>
    Open = 1,

    /// <summary>One does, in the whole cluster, and its outcome decides.</summary>
    HalfOpen = 2,
}

/// <summary>Who decides about a circuit.</summary>
[GenerateSerializer, Alias("gatehouse.circuits.mode")]
public enum CircuitMode
{
    /// <summary>The calls' outcomes.</summary>
    Auto = 0,

    /// <summary>An operator, who has opened it.</summary>
    ForcedOpen = 1,

    /// <summary>An operator, who keeps it closed whatever the outcomes.</summary>
    ForcedClosed = 2,
}
