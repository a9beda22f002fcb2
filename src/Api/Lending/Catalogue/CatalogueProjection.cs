using Gatehouse.Api.Views;
using Gatehouse.Grains.Lending.Catalogue;
using Gatehouse.Grains.Views;
using System.Collections.Immutable;

namespace Gatehouse.Api.Lending.Catalogue;

/// <summary>Turns the catalogue's view into what is searched.</summary>
internal sealed class CatalogueProjection : IViewProjection<CatalogueIndex>
{
    public CatalogueIndex Empty { get; } = new(ImmutableDictionary<string, BookEntry>.Empty);

    public CatalogueIndex Apply(CatalogueIndex current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var books = (replace ? Empty : current).Books.ToBuilder();
        foreach (var change in changes)
        {
            if (change.Value is BookEntry entry)
            {
                books[change.Key] = entry;
            }
            else
            {
                books.Remove(change.Key);
            }
        }

        return new CatalogueIndex(books.ToImmutable());
    }
}
