using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing;

/// <summary>Routes over HTTP, one at a time.</summary>
internal static class RoutesApi
{
    public static void Map(IEndpointRouteBuilder management)
    {
        var route = management.MapGroup("/admin/v1/routes/{id}").WithTags("Routes");
        route.MapMethods("", ["GET", "HEAD"], Get).WithSummary("Reads a route");
        route.MapPut("", Put).WithSummary("Puts a route");
        route.MapDelete("", Delete).WithSummary("Takes a route out");
    }

    public static IRouteBookGrain Book(this IGrainFactory grains) => grains.GetGrain<IRouteBookGrain>(IRouteBookGrain.Key);

    private static async Task<IResult> Get(string id, HttpContext context, IGrainFactory grains)
    {
        if (await grains.Book().Find(id) is not { } entry)
        {
            return RouteProblems.NotFound(id).AsResult();
        }

        var tag = RouteTags.OfRoute(entry.Revision);
        context.Response.Headers.ETag = tag;
        context.Response.Headers["Route-Source"] = RouteSets.NameOf(entry.Source);
        return RouteTags.IsKnown(context.Request, tag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : Document(context, entry.Document);
    }

    private static async Task<IResult> Put(string id, HttpContext context, IGrainFactory grains)
    {
        if (!RouteTags.TryReadCondition(context.Request, ofBook: false, out var condition))
        {
            return RouteProblems.BadCondition.AsResult();
        }

        if (!RouteBody.TryGetFormat(context.Request, out var format))
        {
            return RouteProblems.MediaType.AsResult();
        }

        if (await RouteBody.Read(context, RouteBody.MaxRoute) is not { } body)
        {
            return RouteProblems.TooLarge(RouteBody.MaxRoute).AsResult();
        }

        var reading = RouteDocumentReader.ReadRoute(body, format, id);
        if (!reading.Errors.IsEmpty)
        {
            return RouteProblems.Invalid(reading.Errors).AsResult();
        }

        var written = await grains.Book().Put(reading.Routes[0], condition);
        if (Refusal(id, written) is { } problem)
        {
            return problem.AsResult();
        }

        context.Response.Headers.ETag = RouteTags.OfRoute(written.Revision);
        if (written.Outcome == RouteOutcome.Created)
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.Headers.Location = context.Request.Path.ToUriComponent();
        }

        return Document(context, reading.Routes[0]);
    }

    private static async Task<IResult> Delete(string id, HttpContext context, IGrainFactory grains)
    {
        if (!RouteTags.TryReadCondition(context.Request, ofBook: false, out var condition))
        {
            return RouteProblems.BadCondition.AsResult();
        }

        var written = await grains.Book().Delete(id, condition);
        return Refusal(id, written)?.AsResult() ?? TypedResults.NoContent();
    }

    private static IResult Document(HttpContext context, RouteDocument route)
    {
        var format = RouteBody.Wanted(context.Request);
        return RouteBody.Result(RouteDocumentWriter.WriteRoute(route, format), format);
    }

    private static Problem? Refusal(string id, RouteWrite written) => written.Outcome switch
    {
        RouteOutcome.NotFound => RouteProblems.NotFound(id),
        RouteOutcome.PreconditionFailed => RouteProblems.PreconditionFailed,
        RouteOutcome.OwnedElsewhere => RouteProblems.OwnedByFile(id),
        RouteOutcome.Invalid => RouteProblems.Invalid(written.Errors),
        _ => null,
    };
}
