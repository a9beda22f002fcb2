using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Views;

/// <summary>A view as it is.</summary>
internal sealed class DictionaryProjection : IViewProjection<ImmutableDictionary<string, object>>
{
    public ImmutableDictionary<string, object> Empty => ImmutableDictionary<string, object>.Empty;

    public ImmutableDictionary<string, object> Apply(
        ImmutableDictionary<string, object> current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var next = replace ? Empty : current;
        foreach (var change in changes)
        {
            next = change.Value is null ? next.Remove(change.Key) : next.SetItem(change.Key, change.Value);
        }

        return next;
    }
}
