using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime;

namespace Gatehouse.Grains.Placement;

/// <summary>
/// Puts the grains of a class evenly over the silos, by their keys, and moves them when silos come and go: of n silos a new one
/// takes over one grain of n, and no other grain moves.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class SpreadEvenlyAttribute() : PlacementAttribute(SpreadEvenly.Instance)
{
}

/// <summary>The placement that <see cref="SpreadEvenlyAttribute"/> asks for.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.placement.spread-evenly")]
public sealed class SpreadEvenly : PlacementStrategy
{
    /// <summary>The name under which the placement is registered.</summary>
    public const string Name = nameof(SpreadEvenly);

    internal static SpreadEvenly Instance { get; } = new();

    /// <summary>Whether grains with these properties are placed so.</summary>
    public static bool IsOf(GrainProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return properties.Properties.TryGetValue(WellKnownGrainTypeProperties.PlacementStrategy, out var name) && name == Name;
    }
}
