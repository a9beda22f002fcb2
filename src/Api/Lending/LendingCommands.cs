using Gatehouse.Api.Commands;
using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Api.Lending;

/// <summary>The way from an endpoint to the grains. A command whose silo does not answer is sent again: it is applied once.</summary>
internal sealed class LendingCommands(IGrainFactory grains, CommandSender sender, IReplica<CatalogueIndex> catalogue, TimeProvider time)
{
    public IMemberGrain Member(string id) => grains.GetGrain<IMemberGrain>(id);

    public IBookGrain Book(string id) => grains.GetGrain<IBookGrain>(id);

    /// <summary>Does a member's errand, the answer or why it was refused.</summary>
    public async Task<(MemberAnswer? Answer, Problem? Problem)> Do(string member, string operationId, Errand errand)
    {
        var operation = Operation.Now(operationId, time);
        var answer = await sender.Send(() => Member(member).Do(operation, errand));
        return LendingProblems.Of(answer.Outcome, errand.Target) is { } problem ? (null, problem) : (answer, null);
    }

    public async Task<BookWrite> Put(string id, string operationId, BookDetails details, int copies, long? revision)
    {
        var operation = Operation.Now(operationId, time);
        return await sender.Send(() => Book(id).Put(operation, details, copies, revision));
    }

    /// <summary>The book, unless the catalogue says that there is none: what is made up does not reach the grains.</summary>
    public async ValueTask<BookView?> Find(string id, CancellationToken cancellation) =>
        await IsListed(id, cancellation) ? await Book(id).Find() : null;

    public async ValueTask<bool> IsListed(string id, CancellationToken cancellation) =>
        (await catalogue.Read(cancellation)).Books.ContainsKey(id);

    public LoanBody Body(string member, Loan loan) => new(
        loan.Id, loan.Book, TitleOf(loan.Book), member, loan.Copy, loan.BorrowedAt, loan.Due, loan.Renewals, loan.Due < time.GetUtcNow());

    public HoldBody Body(string member, MemberHold hold) => new(
        hold.Id, hold.Book, TitleOf(hold.Book), member, hold.PlacedAt, hold.Until is not null, hold.Until);

    public HoldBody Body(string book, Hold hold) => new(
        hold.Id, book, TitleOf(book), hold.Member, hold.PlacedAt, hold.Copy is not null, hold.Until);

    private string? TitleOf(string book) => catalogue.Current.Books.GetValueOrDefault(book)?.Details.Title;
}
