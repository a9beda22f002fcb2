using CsCheck;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Tests.Patterns;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>Adding and changing books: with the ISBN and the catalogue, all or nothing.</summary>
public sealed class BookDeskTests
{
    private const string Isbn = "9780141439518";
    private const string OtherIsbn = "9780141040349";

    private readonly Library library = new(2, 2, 1);

    private Activation<BookState, BookDesk> Book => library.Books[0];

    [Fact]
    public async Task Put_isbnOfAnotherBook_isRefusedAndNamesIt()
    {
        await library.Books[1].Desk.Put(library.Operation("x"), Library.Details("Other", Isbn), 1, null);

        var write = await Book.Desk.Put(library.Operation("y"), Library.Details("Mine", Isbn), 2, null);

        write.ShouldBe(new BookWrite(BookOutcome.IsbnTaken, Other: "b1"));
        Book.Desk.View!.Details.Title.ShouldBe("Title 0");
        library.Listing.Catalogue["b0"].Details.Title.ShouldBe("Title 0");
    }

    [Fact]
    public async Task Put_anotherIsbn_givesTheFirstUp()
    {
        await Book.Desk.Put(library.Operation("x"), Library.Details("Mine", Isbn), 2, null);

        (await Book.Desk.Put(library.Operation("y"), Library.Details("Mine", OtherIsbn), 2, 2)).ShouldBe(new BookWrite(BookOutcome.Changed, 3));

        library.Listing.Isbns.ShouldBe(new Dictionary<string, (string, bool)> { [OtherIsbn] = ("b0", true) });
    }

    [Fact]
    public async Task Put_anotherRevision_isRefused() =>
        (await Book.Desk.Put(library.Operation("x"), Library.Details("Mine"), 2, 7)).ShouldBe(new BookWrite(BookOutcome.PreconditionFailed, 1));

    [Fact]
    public async Task Put_fewerCopiesThanAreLent_isRefused()
    {
        await Book.Desk.Lend(library.Operation("1.m0"), "m0");
        await Book.Desk.Lend(library.Operation("1.m1"), "m1");

        (await Book.Desk.Put(library.Operation("x"), Library.Details("Title 0"), 1, null)).Outcome.ShouldBe(BookOutcome.CopiesInUse);
    }

    [Fact]
    public async Task Put_moreCopies_goToWhoWaits()
    {
        await library.Books[1].Desk.Lend(library.Operation("1.m0"), "m0");
        await library.Books[1].Desk.Queue(library.Operation("1.m1"), "m1");

        await library.Books[1].Desk.Put(library.Operation("x"), Library.Details("Title 1"), 2, null);

        library.Books[1].Desk.View!.Holds.ShouldHaveSingleItem().Copy.ShouldBe(2);
        library.Books[1].Desk.View!.Available.ShouldBe(0);
    }

    [Fact]
    public void Put_interruptedAnywhere_isDoneOrUndoneWholly() => Record.Exception(() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 1].Array[0, 2], Gen.Bool).Sample((lost, writes, full) =>
        {
            var fresh = new Library(0, 1, 1);
            fresh.Books[1].Desk.Put(fresh.Operation("other"), Library.Details("Other", OtherIsbn), 1, null).IsCompletedSuccessfully.ShouldBeTrue();
            fresh.Listing.Catalogue.Remove("b0");
            fresh.Listing.Capacity = full ? 1 : 2;
            fresh.Listing.LoseReplyOf = lost;
            var faults = new Queue<int>(writes);
            BookWrite? answer = null;
            while (answer is null)
            {
                fresh.Books[0].Store.NextWrite = faults.TryDequeue(out var fault) ? (StoreFault)fault : null;
                var put = fresh.Books[0].Desk.Put(fresh.Operation("p"), Library.Details("Mine", Isbn), 3, null);
                answer = put.IsCompletedSuccessfully ? put.Result : null;
                _ = put.Exception;
            }

            answer.Outcome.ShouldBe(full ? BookOutcome.CatalogueFull : BookOutcome.Changed);
            var state = fresh.Books[0].Store.Read();
            state.Saga.ShouldBeNull();
            state.Details!.Isbn.ShouldBe(full ? null : Isbn);
            state.Copies.Length.ShouldBe(full ? 1 : 3);
            fresh.Listing.Isbns.ContainsKey(Isbn).ShouldBe(!full);
        }, iter: 200))?.ToString().ShouldBeNull();
}
