namespace Gatehouse.Grains.Patterns.Index;

/// <summary>An entry of a paged index.</summary>
/// <param name="Key">Sorts it, compared by code unit.</param>
/// <param name="Value">What is listed.</param>
/// <typeparam name="T">What is listed.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.index-entry`1")]
public sealed record IndexEntry<T>([property: Id(0)] string Key, [property: Id(1)] T Value);
