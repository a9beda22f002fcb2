using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>Turns a view's changes into the immutable snapshot that requests read.</summary>
/// <typeparam name="TSnapshot">The snapshot.</typeparam>
public interface IViewProjection<TSnapshot> where TSnapshot : class
{
    /// <summary>The snapshot of a view without entries.</summary>
    TSnapshot Empty { get; }

    /// <summary>
    /// Makes the next snapshot. Called by one thread at a time, in the order of versions; a change is visible to
    /// requests, and acknowledged to the publisher, once this has returned.
    /// </summary>
    /// <param name="current">The snapshot in force.</param>
    /// <param name="changes">The changed keys; with <paramref name="replace"/> all entries there are.</param>
    /// <param name="replace">Whether entries not named are gone.</param>
    /// <param name="version">The view's version that the new snapshot is of.</param>
    TSnapshot Apply(TSnapshot current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version);

    /// <summary>How many uses of an entry that was taken out are still under way here (requests in flight).</summary>
    int InUse(string key) => 0;
}
