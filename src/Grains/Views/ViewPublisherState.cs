using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>
/// Whose term of office it is, and who may hold a lease. Read again and again as proof. That both are in one record is what makes
/// the second true for a successor: once it has written its epoch, its predecessor can add nobody.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.views.epoch-state")]
public sealed record EpochState
{
    /// <summary>The publisher's epoch.</summary>
    [Id(0)] public long Epoch { get; init; }

    /// <summary>The replicas that may hold a lease; each is written here before its first is granted.</summary>
    [Id(1)] public ImmutableHashSet<Guid> Replicas { get; init; } = [];

    /// <summary>Whether these are all. They are not after a publisher of a version that did not write them, or after the store was lost.</summary>
    [Id(2)] public bool AllReplicas { get; init; }
}

/// <summary>The grains that own entries of a view.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.views.owners-state")]
public sealed record OwnersState
{
    /// <summary>Their grain ids in text form.</summary>
    [Id(0)] public ImmutableHashSet<string> Owners { get; init; } = [];
}
