namespace Gatehouse.Grains.Views;

/// <summary>One key of a view and its new entry.</summary>
/// <param name="Key">The entry's key, unique in the view.</param>
/// <param name="Value">The new entry, an immutable serializable object; null when the key is gone.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.change")]
public sealed record ViewChange([property: Id(0)] string Key, [property: Id(1)] object? Value);
