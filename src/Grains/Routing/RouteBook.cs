using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// All routes with their owners and revisions, and what each command makes of them. Immutable: a command gives the next
/// book, or this one when it changes nothing.
/// </summary>
internal sealed class RouteBook
{
    private readonly ImmutableDictionary<string, RouteEntry> entries;
    private readonly ImmutableDictionary<string, string> idsByMatch;

    public RouteBook(RouteListing listing)
    {
        Listing = listing;
        entries = listing.Routes.ToImmutableDictionary(entry => entry.Document.Id, StringComparer.Ordinal);
        idsByMatch = listing.Routes.ToImmutableDictionary(
            entry => MatchKey.Of(entry.Document.Match), entry => entry.Document.Id, StringComparer.Ordinal);
    }

    private RouteBook(
        long version,
        ImmutableDictionary<string, RouteEntry> entries,
        ImmutableDictionary<string, string> idsByMatch,
        IEnumerable<string> changed)
    {
        this.entries = entries;
        this.idsByMatch = idsByMatch;
        Listing = new RouteListing
        {
            Version = version,
            Routes = [.. entries.Values.OrderBy(entry => entry.Document.Id, StringComparer.Ordinal)],
            Changed = [.. changed],
        };
    }

    /// <summary>The book as it is stored.</summary>
    public RouteListing Listing { get; }

    public long Version => Listing.Version;

    /// <summary>What the write to this version publishes.</summary>
    public ImmutableArray<ViewChange> Changes => [.. Listing.Changed.Select(id => new ViewChange(id, Find(id)?.Document))];

    public RouteEntry? Find(string id) => entries.GetValueOrDefault(id);

    public (RouteBook Next, RouteWrite Answer) Put(RouteDocument document, RouteCondition condition)
    {
        var errors = RouteValidation.Check(document);
        if (!errors.IsEmpty)
        {
            return (this, new RouteWrite(RouteOutcome.Invalid, 0, errors));
        }

        var known = Find(document.Id);
        if (known is { Source: not RouteSource.Api })
        {
            return (this, new RouteWrite(RouteOutcome.OwnedElsewhere, known.Revision, []));
        }

        if (!condition.Holds(known?.Revision))
        {
            return (this, new RouteWrite(RouteOutcome.PreconditionFailed, known?.Revision ?? 0, []));
        }

        if (known is not null && SameContent(known.Document, document))
        {
            return (this, new RouteWrite(RouteOutcome.Unchanged, known.Revision, []));
        }

        return Clash(document, known) is { } clash
            ? (this, new RouteWrite(RouteOutcome.Invalid, 0, [clash]))
            : Store(document, known);
    }

    public (RouteBook Next, RouteWrite Answer) Delete(string id, RouteCondition condition)
    {
        if (Find(id) is not { } known)
        {
            // A condition that names a revision is about a route that was there (RFC 9110, 13.1.1).
            var outcome = condition.Holds(null) ? RouteOutcome.NotFound : RouteOutcome.PreconditionFailed;
            return (this, new RouteWrite(outcome, 0, []));
        }

        if (known.Source != RouteSource.Api)
        {
            return (this, new RouteWrite(RouteOutcome.OwnedElsewhere, known.Revision, []));
        }

        if (!condition.Holds(known.Revision))
        {
            return (this, new RouteWrite(RouteOutcome.PreconditionFailed, known.Revision, []));
        }

        var next = new RouteBook(
            Version + 1, entries.Remove(id), idsByMatch.Remove(MatchKey.Of(known.Document.Match)), [id]);
        return (next, new RouteWrite(RouteOutcome.Deleted, 0, []));
    }

    public (RouteBook Next, RouteReplacement Answer) Replace(
        ImmutableArray<RouteDocument> documents, RouteSource source, RouteCondition condition)
    {
        if (!condition.Holds(Version))
        {
            return (this, new RouteReplacement(RouteOutcome.PreconditionFailed, Version, RouteDifference.None, []));
        }

        var errors = RouteValidation.CheckSet(documents);
        errors = errors.IsEmpty ? ClashesWithOthers(documents, source) : errors;
        if (!errors.IsEmpty)
        {
            return (this, new RouteReplacement(RouteOutcome.Invalid, Version, RouteDifference.None, errors));
        }

        var difference = Difference(documents, source);
        if (difference.Added.IsEmpty && difference.Changed.IsEmpty && difference.Removed.IsEmpty)
        {
            return (this, new RouteReplacement(RouteOutcome.Unchanged, Version, difference, []));
        }

        var next = With(documents, source, difference);
        return (next, new RouteReplacement(RouteOutcome.Changed, next.Version, difference, []));
    }

    // As JSON, so that no property can be forgotten; records compare their lists by reference.
    internal static bool SameContent(RouteDocument left, RouteDocument right) =>
        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(left), JsonSerializer.SerializeToElement(right));

    private (RouteBook Next, RouteWrite Answer) Store(RouteDocument document, RouteEntry? known)
    {
        var version = Version + 1;
        var next = new RouteBook(
            version,
            entries.SetItem(document.Id, new RouteEntry(document, RouteSource.Api, version)),
            (known is null ? idsByMatch : idsByMatch.Remove(MatchKey.Of(known.Document.Match)))
                .SetItem(MatchKey.Of(document.Match), document.Id),
            [document.Id]);
        return (next, new RouteWrite(known is null ? RouteOutcome.Created : RouteOutcome.Changed, version, []));
    }

    private RouteError? Clash(RouteDocument document, RouteEntry? known)
    {
        if (idsByMatch.TryGetValue(MatchKey.Of(document.Match), out var other) && other != document.Id)
        {
            return new RouteError("match", RouteValidation.SameMatch(document.Id, other));
        }

        return known is null && entries.Count >= RouteValidation.MaxRoutes
            ? new RouteError("id", $"would be one more than the {RouteValidation.MaxRoutes} routes there can be")
            : null;
    }

    private ImmutableArray<RouteError> ClashesWithOthers(ImmutableArray<RouteDocument> documents, RouteSource source)
    {
        var found = ImmutableArray.CreateBuilder<RouteError>();
        var others = entries.Values.Count(entry => entry.Source != source);
        if (others + documents.Length > RouteValidation.MaxRoutes)
        {
            found.Add(new RouteError(
                "routes",
                $"must not be more than {RouteValidation.MaxRoutes}, together with the {others} that came in another way"));
        }

        for (var i = 0; i < documents.Length; i++)
        {
            var errors = new RouteErrors(found, $"routes[{i}].");
            var document = documents[i];
            if (Find(document.Id) is { } sameId && sameId.Source != source)
            {
                errors.Add("id", $"'{document.Id}' is the id of a route that {NameOf(sameId.Source)} already");
            }
            else if (idsByMatch.TryGetValue(MatchKey.Of(document.Match), out var other) && Find(other)!.Source != source)
            {
                errors.Add("match", $"{RouteValidation.SameMatch(document.Id, other)}, which {NameOf(Find(other)!.Source)}");
            }
        }

        return found.DrainToImmutable();
    }

    private RouteDifference Difference(ImmutableArray<RouteDocument> documents, RouteSource source)
    {
        var byOutcome = documents.ToLookup(
            document => Find(document.Id) switch
            {
                null => RouteOutcome.Created,
                var known when SameContent(known.Document, document) => RouteOutcome.Unchanged,
                _ => RouteOutcome.Changed,
            },
            document => document.Id);
        var kept = documents.Select(document => document.Id).ToHashSet(StringComparer.Ordinal);
        var removed = entries.Values
            .Where(entry => entry.Source == source && !kept.Contains(entry.Document.Id))
            .Select(entry => entry.Document.Id);
        return new RouteDifference(
            Ordered(byOutcome[RouteOutcome.Created]),
            Ordered(byOutcome[RouteOutcome.Changed]),
            Ordered(removed),
            Ordered(byOutcome[RouteOutcome.Unchanged]));
    }

    private RouteBook With(ImmutableArray<RouteDocument> documents, RouteSource source, RouteDifference difference)
    {
        var version = Version + 1;
        var written = difference.Added.Concat(difference.Changed).ToHashSet(StringComparer.Ordinal);
        var next = entries
            .RemoveRange(difference.Removed)
            .SetItems(documents
                .Where(document => written.Contains(document.Id))
                .Select(document => KeyValuePair.Create(document.Id, new RouteEntry(document, source, version))));
        return new RouteBook(
            version,
            next,
            next.Values.ToImmutableDictionary(
                entry => MatchKey.Of(entry.Document.Match), entry => entry.Document.Id, StringComparer.Ordinal),
            written.Concat(difference.Removed).Order(StringComparer.Ordinal));
    }

    private static string NameOf(RouteSource source) =>
        source == RouteSource.File ? "came from the routes file" : "was put through the management API";

    private static ImmutableArray<string> Ordered(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];
}
