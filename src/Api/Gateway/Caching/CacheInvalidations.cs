using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Caching;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>What was invalidated, as one front door knows it. Immutable.</summary>
internal sealed class CacheInvalidations
{
    private readonly ImmutableDictionary<string, long> byTarget;
    private readonly (string Prefix, long Sequence)[] prefixes;

    private CacheInvalidations(ImmutableDictionary<string, long> byTarget)
    {
        this.byTarget = byTarget;
        Latest = byTarget.IsEmpty ? 0 : byTarget.Values.Max();
        prefixes = [.. byTarget
            .Where(target => target.Key.StartsWith(CacheTarget.PrefixMark, StringComparison.Ordinal))
            .Select(target => (target.Key[CacheTarget.PrefixMark.Length..], target.Value))
            .OrderByDescending(prefix => prefix.Value)];
    }

    /// <summary>Nothing was invalidated.</summary>
    public static CacheInvalidations Empty { get; } = new(ImmutableDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>The latest invalidation: a response that is asked for now is invalidated by later ones only.</summary>
    public long Latest { get; }

    /// <summary>Whether a response was invalidated since it was asked for.</summary>
    public bool Cover(StoredResponse response)
    {
        var since = response.Sequence;
        if (since >= Latest)
        {
            return false;
        }

        if (IsLater(CacheTarget.All, since) || IsLater(CacheTarget.Route(response.Route.Id), since))
        {
            return true;
        }

        foreach (var tag in response.Tags)
        {
            if (IsLater(CacheTarget.Tag(tag), since))
            {
                return true;
            }
        }

        foreach (var (prefix, sequence) in prefixes)
        {
            if (sequence <= since)
            {
                break;
            }

            if (response.Place.StartsWith(prefix))
            {
                return true;
            }
        }

        // It need not be looked at again for these.
        response.Sequence = Latest;
        return false;
    }

    private bool IsLater(string target, long since) => byTarget.TryGetValue(target, out var sequence) && sequence > since;

    /// <summary>Turns the <c>cache</c> view into invalidations.</summary>
    internal sealed class Projection : IViewProjection<CacheInvalidations>
    {
        CacheInvalidations IViewProjection<CacheInvalidations>.Empty => Empty;

        public CacheInvalidations Apply(CacheInvalidations current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
        {
            var targets = (replace ? Empty : current).byTarget.ToBuilder();
            foreach (var change in changes)
            {
                if (change.Value is CacheInvalidation invalidation)
                {
                    targets[change.Key] = invalidation.Sequence;
                }
                else
                {
                    targets.Remove(change.Key);
                }
            }

            return new CacheInvalidations(targets.ToImmutable());
        }
    }
}
