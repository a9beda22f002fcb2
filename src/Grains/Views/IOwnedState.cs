using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>The stored state of a view's owner: what an <see cref="OwnerLedger{TState}"/> needs to know of it.</summary>
internal interface IOwnedState
{
    /// <summary>Counts the writes.</summary>
    long Version { get; }

    /// <summary>Everything the owner has in the view.</summary>
    ImmutableArray<ViewChange> Entries();

    /// <summary>
    /// What the write to this version changed. Kept with the state, so that a publish that failed can be repeated as it
    /// was: the publisher applies a version once and cannot be given another change under the same one.
    /// </summary>
    ImmutableArray<ViewChange> LastChanges();
}
