using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Lending.Seed;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Lending.Catalogue;

namespace Gatehouse.Api.Lending;

/// <summary>A library that lends books: the reference of a service in grains.</summary>
public sealed class LendingModule : IServiceModule
{
    private const string Json = "application/json";

    private static readonly (string, string) After = ("after", "the 'next' of the page before");
    private static readonly (string, string) Limit = ("limit", "how many on a page, 1 to 100; 20 when not given");
    private static readonly (string, string) Member = ("member", "whose; the caller's when not given");

    /// <inheritdoc/>
    public string Name => "lending";

    /// <inheritdoc/>
    public string Description => "A library: search its catalogue, borrow, renew and return books, wait for them.";

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<IViewProjection<CatalogueIndex>, CatalogueProjection>();
        services.AddReplica<CatalogueIndex>(ICatalogueGrain.View);
        services.AddSingleton<LendingCommands>();
        services.AddHostedService<Seeding>();
    }

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        MapBooks(endpoints);
        MapMembers(endpoints);
        MapLoans(endpoints);
        MapHolds(endpoints);
    }

    private static void MapBooks(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/books", (Delegate)SearchEndpoint.Search).WithSummary("Searches the catalogue by title, author or ISBN")
            .WithQuery(("q", "words of title and author, or their beginnings; or an ISBN"), After, Limit).Produces<ListBody<BookSummary>>();
        endpoints.MapPost("/books", BookEndpoints.Add).WithSummary("Adds a book (librarians)")
            .Accepts<BookDocument>(Json).WithIdempotencyKey().Produces<BookBody>(StatusCodes.Status201Created);
        endpoints.MapGet("/books/{id}", BookEndpoints.Get).WithSummary("A book and how many copies are on the shelf")
            .Produces<BookBody>();
        endpoints.MapPut("/books/{id}", BookEndpoints.Change).WithSummary("Changes a book (librarians)")
            .Accepts<BookDocument>(Json).WithIfMatch().Produces<BookBody>();
        endpoints.MapGet("/books/{id}/copies", BookEndpoints.Copies).WithSummary("A book's copies and who has them (librarians)")
            .Produces<ListBody<CopyBody>>();
    }

    private static void MapMembers(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/members", MemberEndpoints.List).WithSummary("The members (librarians)")
            .WithQuery(After, Limit).Produces<ListBody<MemberSummary>>();
        endpoints.MapGet("/members/{id}", MemberEndpoints.Get).WithSummary("A member with loans, holds and points")
            .Produces<MemberBody>();
        endpoints.MapPut("/members/{id}", MemberEndpoints.Rename).WithSummary("Says what a member is called")
            .Accepts<MemberName>(Json).WithIfMatch().Produces<MemberBody>();
        endpoints.MapPost("/members/{id}/payments", MemberEndpoints.Pay).WithSummary("Takes a payment of points (librarians)")
            .Accepts<Payment>(Json).WithIdempotencyKey().Produces<PaymentBody>();
    }

    private static void MapLoans(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/loans", LoanEndpoints.List).WithSummary("A member's loans, or all that are overdue (librarians)")
            .WithQuery(Member, ("overdue", "true: those that are overdue"), After, Limit).Produces<ListBody<LoanBody>>();
        endpoints.MapPost("/loans", LoanEndpoints.Borrow).WithSummary("Borrows a book")
            .Accepts<BookRequest>(Json).WithIdempotencyKey().Produces<LoanBody>(StatusCodes.Status201Created);
        endpoints.MapGet("/loans/{id}", LoanEndpoints.Get).WithSummary("A loan")
            .Produces<LoanBody>();
        endpoints.MapPost("/loans/{id}/renew", LoanEndpoints.Renew).WithSummary("Renews a loan")
            .WithIdempotencyKey().Produces<LoanBody>();
        endpoints.MapPost("/loans/{id}/return", LoanEndpoints.Return).WithSummary("Brings a book back")
            .WithIdempotencyKey().Produces<LoanBody>();
    }

    private static void MapHolds(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/holds", HoldEndpoints.List).WithSummary("A member's holds, or the queue for a book (librarians)")
            .WithQuery(Member, ("book", "the book whose queue is listed")).Produces<ListBody<HoldBody>>();
        endpoints.MapPost("/holds", HoldEndpoints.Place).WithSummary("Takes a place in the queue for a book")
            .Accepts<BookRequest>(Json).WithIdempotencyKey().Produces<HoldBody>(StatusCodes.Status201Created);
        endpoints.MapDelete("/holds/{id}", HoldEndpoints.Cancel).WithSummary("Gives a place in the queue up")
            .WithIdempotencyKey().Produces(StatusCodes.Status204NoContent);
    }
}
