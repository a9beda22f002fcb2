using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>Whose term of office it is. Written once a term, read again and again as proof.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.views.epoch-state")]
public sealed record EpochState
{
    /// <summary>The publisher's epoch.</summary>
    [Id(0)] public long Epoch { get; init; }
}

/// <summary>The grains that own entries of a view.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.views.owners-state")]
public sealed record OwnersState
{
    /// <summary>Their grain ids in text form.</summary>
    [Id(0)] public ImmutableHashSet<string> Owners { get; init; } = [];
}
