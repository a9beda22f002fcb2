namespace Gatehouse.Api.Gateway;

/// <summary>A matched request on its way through the stages of its route.</summary>
/// <param name="context">The request and its response.</param>
/// <param name="plan">The route.</param>
/// <param name="target">The target as the client wrote it: encoded path and query.</param>
internal sealed class GatewayCall(HttpContext context, RoutePlan plan, string target)
{
    public HttpContext Context => context;

    public RoutePlan Plan => plan;

    public string Target => target;
}
