using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Routing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gatehouse.Api.Routing;

/// <summary>Routes over HTTP, as a whole declarative set.</summary>
internal static class RouteSets
{
    private const string SourceRule = "api or file";

    public static void Map(IEndpointRouteBuilder management)
    {
        var admin = management.MapGroup("/admin/v1").WithTags("Routes");
        admin.MapMethods("/routes", ["GET", "HEAD"], Get).WithSummary("Reads all routes");
        admin.MapPut("/routes", Put).WithSummary("Makes a set all the routes there are of a source, and tells the difference");
        admin.MapPost("/routes:validate", Validate).WithSummary("Checks a route or a set as a put would, and stores nothing");
        admin.MapGet("/routes:schema", () => TypedResults.Text(JsonSchema.Text, "application/schema+json")).WithSummary("The JSON Schema of route documents");
        admin.MapGet("/routes:file", File).WithSummary("Tells what became of the routes file here");
    }

    public static string NameOf(RouteSource source) => source == RouteSource.File ? "file" : "api";

    private static async Task<IResult> Get(HttpContext context, IGrainFactory grains, string? source = null)
    {
        if (!TryReadSource(source, out var wanted))
        {
            return RouteProblems.BadQuery("source", SourceRule).AsResult();
        }

        var listing = await grains.Book().List();
        var tag = RouteTags.OfBook(listing.Version);
        context.Response.Headers.ETag = tag;
        if (RouteTags.IsKnown(context.Request, tag))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var routes = listing.Routes.Where(entry => wanted is null || entry.Source == wanted).Select(entry => entry.Document);
        var format = RouteBody.Wanted(context.Request);
        return RouteBody.Result(RouteDocumentWriter.WriteSet(routes, format), format);
    }

    private static async Task<IResult> Put(
        HttpContext context, IGrainFactory grains, string? source = null, string? dryRun = null)
    {
        if (!TryReadSource(source, out var owner))
        {
            return RouteProblems.BadQuery("source", SourceRule).AsResult();
        }

        if (dryRun is not (null or "true" or "false"))
        {
            return RouteProblems.BadQuery("dryRun", "true or false").AsResult();
        }

        if (!RouteTags.TryReadCondition(context.Request, ofBook: true, out var condition))
        {
            return RouteProblems.BadCondition.AsResult();
        }

        var (reading, refusal) = await Read(context, RouteDocumentReader.ReadSet);
        if (reading is null)
        {
            return refusal!;
        }

        if (!reading.Errors.IsEmpty)
        {
            return RouteProblems.Invalid(reading.Errors).AsResult();
        }

        var answer = await grains.Book().Replace(reading.Routes, owner ?? RouteSource.Api, condition, dryRun == "true");
        switch (answer.Outcome)
        {
            case RouteOutcome.PreconditionFailed:
                return RouteProblems.PreconditionFailed.AsResult();
            case RouteOutcome.Invalid:
                return RouteProblems.Invalid(answer.Errors).AsResult();
            default:
                context.Response.Headers.ETag = RouteTags.OfBook(answer.Version);
                return TypedResults.Ok(answer.Difference);
        }
    }

    private static async Task<IResult> Validate(HttpContext context, IGrainFactory grains, string? source = null)
    {
        if (!TryReadSource(source, out var owner))
        {
            return RouteProblems.BadQuery("source", SourceRule).AsResult();
        }

        var (reading, refusal) = await Read(context, RouteDocumentReader.ReadAny);
        if (reading is null)
        {
            return refusal!;
        }

        var errors = reading.Errors.IsEmpty ? await Check(reading, owner ?? RouteSource.Api, grains.Book()) : reading.Errors;
        return TypedResults.Ok(new RouteVerdict(
            errors.Count == 0,
            [.. errors.Select(error => new RouteFinding(error.Path, error.Message, reading.LineOf(error.Path)))]));
    }

    private static Ok<RoutesFileReport> File(RoutesFileStatus status) => TypedResults.Ok(status.Current);

    private static async Task<IReadOnlyList<RouteError>> Check(RouteReading reading, RouteSource source, IRouteBookGrain book)
    {
        if (reading.IsSet)
        {
            return (await book.Replace(reading.Routes, source, RouteCondition.None, dryRun: true)).Errors;
        }

        var route = reading.Routes[0];
        var answer = await book.Put(route, RouteCondition.None, dryRun: true);
        return answer.Outcome == RouteOutcome.OwnedElsewhere
            ? [new RouteError("id", $"'{route.Id}' is the id of a route that came from the routes file already")]
            : answer.Errors;
    }

    private static async Task<(RouteReading? Reading, IResult? Refusal)> Read(HttpContext context, ReadDocument read)
    {
        if (!RouteBody.TryGetFormat(context.Request, out var format))
        {
            return (null, RouteProblems.MediaType.AsResult());
        }

        return await RouteBody.Read(context, RouteBody.MaxSet) is { } body
            ? (read(body, format), null)
            : (null, RouteProblems.TooLarge(RouteBody.MaxSet).AsResult());
    }

    private static bool TryReadSource(string? name, out RouteSource? source)
    {
        source = name switch
        {
            "api" => RouteSource.Api,
            "file" => RouteSource.File,
            _ => null,
        };
        return source is not null || name is null;
    }

    private delegate RouteReading ReadDocument(ReadOnlySpan<byte> utf8, DocumentFormat format);
}

/// <summary>The answer of a validation.</summary>
/// <param name="Valid">Whether a put would be accepted.</param>
/// <param name="Errors">Why not.</param>
internal sealed record RouteVerdict(bool Valid, IReadOnlyList<RouteFinding> Errors);

/// <summary>One error of a validation.</summary>
/// <param name="Field">The field's path; empty when it is the document.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Line">The line in YAML; 0 when not known.</param>
internal sealed record RouteFinding(string Field, string Message, int Line);
