using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Modules;

/// <summary>
/// A service whose endpoints are in the front door and whose work is done by grains. It is an upstream like an HTTP
/// service: requests come to it by routes, through the same policies, and it is in the registry under its name. Added in
/// one line, <c>services.AddServiceModule&lt;OrdersModule&gt;()</c>.
/// </summary>
public interface IServiceModule
{
    /// <summary>The service's name: lower-case letters, digits and <c>-</c>. Its endpoints are at <c>/NAME/…</c>.</summary>
    string Name { get; }

    /// <summary>What the service is, in a sentence, for the API's documentation.</summary>
    string Description { get; }

    /// <summary>
    /// The policies of <c>/NAME/…</c> as long as no route says otherwise. An explicit route to the service, with any path,
    /// has its own.
    /// </summary>
    RouteDocument Defaults => ModuleRoute.For(this);

    /// <summary>Adds what the endpoints need besides <c>IGrainFactory</c>.</summary>
    void AddServices(IServiceCollection services)
    {
        // Most need nothing.
    }

    /// <summary>
    /// Maps the endpoints, relative to <c>/NAME</c>. Who calls is in <c>HttpContext.User</c>: what the endpoint allows to
    /// whom is its own decision.
    /// </summary>
    void MapEndpoints(IEndpointRouteBuilder endpoints);
}
