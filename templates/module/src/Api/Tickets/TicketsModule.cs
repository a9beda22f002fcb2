using Gatehouse.Api.Modules;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Tickets;

/// <summary>Keeps count of things, each under its id.</summary>
public sealed class TicketsModule : IServiceModule
{
    /// <inheritdoc/>
    public string Name => "tickets";

    /// <inheritdoc/>
    public string Description => "Keeps count of things, each under its id.";

    /// <inheritdoc/>
    public RouteDocument Defaults => ModuleRoute.For(this) with { Auth = RouteAuth.Authenticated };

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/{id}", TicketEndpoints.Get).WithSummary("What it is, and how many there are");
        endpoints.MapPut("/{id}", TicketEndpoints.Name).WithSummary("Makes it, or says what it is called");
        endpoints.MapPost("/{id}/changes", TicketEndpoints.Change).WithSummary("Makes them more or fewer");
    }
}
