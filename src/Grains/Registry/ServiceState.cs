using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Registry;

/// <summary>What a service's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.registry.service-state")]
internal sealed record ServiceState
{
    /// <summary>Counts the writes; the owner's version in the <c>registry</c> view.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The instances by id, those removed lately too.</summary>
    [Id(1)] public ImmutableDictionary<string, Instance> Instances { get; init; } = ImmutableDictionary<string, Instance>.Empty;

    /// <summary>
    /// The ids this very write took out of <see cref="Instances"/>. With them a new activation can publish the last write
    /// again, in case its predecessor died before it did.
    /// </summary>
    [Id(2)] public ImmutableArray<string> Purged { get; init; } = [];

    /// <summary>The commands applied lately, and whether each found what it was about.</summary>
    [Id(3)] public AppliedOperations<bool> Applied { get; init; } = new();
}
