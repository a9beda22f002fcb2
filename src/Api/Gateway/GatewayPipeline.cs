using Gatehouse.Api.Gateway.Cors;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Views;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway;

/// <summary>The whole way of a request through the public listener: checked, matched, answered by its upstream, recorded.</summary>
internal sealed class GatewayPipeline(
    IReplica<RouteTable> routes,
    IReplica<RegistrySnapshot> registry,
    RoutePlans plans,
    GatewayRecorder recorder,
    IOptions<GatehouseOptions> options)
{
    // What Kestrel makes of a Content-Length that came together with a Transfer-Encoding.
    private const string OverruledLength = "X-Content-Length";

    private readonly bool autoRoutes = options.Value.AutoRoutesInForce;

    /// <summary>Serves a request.</summary>
    public async Task Invoke(HttpContext context)
    {
        var started = GatewayRecorder.Start();
        GatewayCall? call = null;
        Problem? problem = null;
        try
        {
            problem = Refuse(context, out var target);
            if (problem is null)
            {
                var plan = await Match(context);
                call = plan is null ? null : recorder.Match(started, context, plan, target);
                problem = call is null ? Unmatched() : await call.Plan.Answer(call);
            }

            if (problem is not null)
            {
                await Write(problem, context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone while a view was waited for: nobody is there to be told.
        }
        finally
        {
            recorder.Finish(started, context, call, problem);
        }
    }

    private static Problem? Refuse(HttpContext context, out string target)
    {
        target = "";
        var request = context.Request;
        if (HttpMethods.IsTrace(request.Method) || (HttpMethods.IsConnect(request.Method) && !IsExtendedConnect(context)))
        {
            return GatewayProblems.MethodNotSupported;
        }

        return request.Headers.TransferEncoding.Count > 0 && !IsFramedPlainly(request)
            ? GatewayProblems.AmbiguousLength
            : RequestTarget.TryRead(context, out target);
    }

    // RFC 9112, 6.1 and 6.3. Kestrel looks for "chunked" as the last coding only, also in HTTP/1.0, and with a
    // Content-Length it lets the coding win; a server before this one may have seen another end of the request.
    private static bool IsFramedPlainly(HttpRequest request) =>
        request.Headers.TransferEncoding is [{ } coding]
        && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
        && HttpProtocol.IsHttp11(request.Protocol)
        && !request.Headers.ContainsKey(OverruledLength);

    // RFC 8441: a WebSocket over HTTP/2.
    private static bool IsExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private async ValueTask<RoutePlan?> Match(HttpContext context)
    {
        var table = await routes.Read(context.RequestAborted);
        var route = table.Match(context.Request);
        if (route?.Document.Cors is null && Preflight.Is(context.Request)
            && Preflight.Ask(context.Request, table.Match) is { Document.Cors: not null } asked)
        {
            route = asked;
        }

        if (route is not null)
        {
            return plans.Of(route);
        }

        if (plans.OfModule(context.Request.Path.Value) is { } module)
        {
            return module;
        }

        return autoRoutes ? plans.Automatic(context.Request.Path.Value, await registry.Read(context.RequestAborted)) : null;
    }

    // Without a first snapshot, "no route" would be a guess.
    private Problem Unmatched() =>
        routes.State == LeaseState.Empty || (autoRoutes && registry.State == LeaseState.Empty)
            ? GatewayProblems.NotReady
            : GatewayProblems.NoRoute;

    // What follows a bad request may be the rest of it, and must not be read as another.
    private static Task Write(Problem problem, HttpContext context) =>
        problem.Status == StatusCodes.Status400BadRequest && HttpProtocol.IsHttp11(context.Request.Protocol)
            ? (problem with { Headers = problem.Headers.SetItem(HeaderNames.Connection, "close") }).Write(context)
            : problem.Write(context);
}
