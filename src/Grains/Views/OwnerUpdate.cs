using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>What an owning grain tells a view's publisher after it has written its own state.</summary>
/// <param name="Owner">The owning grain.</param>
/// <param name="Version">
/// The version of the owner's state that this update leads to. Versions of one owner count up by one with every
/// publishable write, and are persisted with the state. The publisher applies the version that follows the one it has,
/// ignores what it already has, and reads the whole <see cref="IViewOwner.Report"/> when it sees a gap.
/// </param>
/// <param name="Changes">The keys that changed. A key belongs to one owner only.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.owner-update")]
public sealed record OwnerUpdate(
    [property: Id(0)] GrainId Owner,
    [property: Id(1)] long Version,
    [property: Id(2)] ImmutableArray<ViewChange> Changes);

/// <summary>Everything an owning grain has in a view.</summary>
/// <param name="Version">The version of the owner's persisted state that the entries are of.</param>
/// <param name="Entries">All of the owner's entries; none has a null value.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.owner-report")]
public sealed record OwnerReport(
    [property: Id(0)] long Version,
    [property: Id(1)] ImmutableArray<ViewChange> Entries);
