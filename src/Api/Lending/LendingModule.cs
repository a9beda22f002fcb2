using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Lending.Seed;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Lending.Catalogue;

namespace Gatehouse.Api.Lending;

/// <summary>A library that lends books: the reference of a service in grains.</summary>
public sealed class LendingModule : IServiceModule
{
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
        endpoints.MapGet("/books", SearchEndpoint.Search).WithSummary("Searches the catalogue by title, author or ISBN");
        endpoints.MapPost("/books", BookEndpoints.Add).WithSummary("Adds a book");
        endpoints.MapGet("/books/{id}", BookEndpoints.Get).WithSummary("A book and how many copies are on the shelf");
        endpoints.MapPut("/books/{id}", BookEndpoints.Change).WithSummary("Changes a book");
        endpoints.MapGet("/books/{id}/copies", BookEndpoints.Copies).WithSummary("A book's copies and who has them");

        endpoints.MapGet("/members", MemberEndpoints.List).WithSummary("The members");
        endpoints.MapGet("/members/{id}", MemberEndpoints.Get).WithSummary("A member with loans, holds and points");
        endpoints.MapPut("/members/{id}", MemberEndpoints.Rename).WithSummary("Says what a member is called");
        endpoints.MapPost("/members/{id}/payments", MemberEndpoints.Pay).WithSummary("Takes a payment of points");

        endpoints.MapGet("/loans", LoanEndpoints.List).WithSummary("A member's loans, or those that are overdue");
        endpoints.MapPost("/loans", LoanEndpoints.Borrow).WithSummary("Borrows a book");
        endpoints.MapGet("/loans/{id}", LoanEndpoints.Get).WithSummary("A loan");
        endpoints.MapPost("/loans/{id}/renew", LoanEndpoints.Renew).WithSummary("Renews a loan");
        endpoints.MapPost("/loans/{id}/return", LoanEndpoints.Return).WithSummary("Brings a book back");

        endpoints.MapGet("/holds", HoldEndpoints.List).WithSummary("A member's holds, or the queue for a book");
        endpoints.MapPost("/holds", HoldEndpoints.Place).WithSummary("Takes a place in the queue for a book");
        endpoints.MapDelete("/holds/{id}", HoldEndpoints.Cancel).WithSummary("Gives a place in the queue up");
    }
}
