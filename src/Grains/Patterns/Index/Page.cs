using System.Collections.Immutable;

namespace Gatehouse.Grains.Patterns.Index;

/// <summary>One page of a list.</summary>
/// <param name="Items">The entries, in the order of their keys.</param>
/// <param name="Next">After which key the next page begins; null when this is the last.</param>
/// <typeparam name="T">The entries.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.page`1")]
public sealed record Page<T>([property: Id(0)] ImmutableArray<T> Items, [property: Id(1)] string? Next);
