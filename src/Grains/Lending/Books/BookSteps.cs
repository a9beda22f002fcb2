using System.Collections.Immutable;
using Gatehouse.Grains.Lending.Catalogue;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>
/// The steps by which a book is added or changed: its ISBN is claimed, the catalogue lists it, the ISBN is confirmed, and
/// that which it had before is given up. Until the last step everything can be undone.
/// </summary>
internal sealed class BookSteps(string id, BookDetails? before, int copiesBefore, IListing listing)
{
    public ImmutableArray<SagaStep<BookWork>> All =>
    [
        new(Claim, work => NewIsbn(work) is { } isbn ? listing.Release(isbn, id) : Task.CompletedTask),
        new(List, _ => listing.Unlist(id, before is null ? null : new BookEntry(id, before, copiesBefore))),
        new(Confirm),
        new(GiveUp),
    ];

    private string? NewIsbn(BookWork work) => work.Details.Isbn == before?.Isbn ? null : work.Details.Isbn;

    private async Task<SagaAnswer<BookWork>> Claim(BookWork work)
    {
        if (NewIsbn(work) is not { } isbn)
        {
            return Done(work);
        }

        var owner = await listing.Claim(isbn, id);
        return owner == id ? Done(work) : Refused(work, new BookWrite(BookOutcome.IsbnTaken, Other: owner));
    }

    private async Task<SagaAnswer<BookWork>> List(BookWork work) =>
        await listing.List(new BookEntry(id, work.Details, work.Copies))
            ? Done(work)
            : Refused(work, new BookWrite(BookOutcome.CatalogueFull));

    private async Task<SagaAnswer<BookWork>> Confirm(BookWork work) =>
        NewIsbn(work) is not { } isbn || await listing.Confirm(isbn, id)
            ? Done(work)
            : Refused(work, new BookWrite(BookOutcome.IsbnTaken));

    private async Task<SagaAnswer<BookWork>> GiveUp(BookWork work)
    {
        if (before?.Isbn is { } old && old != work.Details.Isbn)
        {
            await listing.Release(old, id);
        }

        return Done(work);
    }

    private static SagaAnswer<BookWork> Done(BookWork work) => new(work, Refused: false);

    private static SagaAnswer<BookWork> Refused(BookWork work, BookWrite why) => new(work with { Refusal = why }, Refused: true);
}
