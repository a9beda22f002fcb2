using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Caching;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>Invalidation of cached responses over HTTP, <c>/admin/v1/cache:invalidate</c>.</summary>
internal static class CacheApi
{
    private const int MaxItems = 100;
    private const int MaxName = 128;
    private const int MaxPrefix = 2048;

    public static void MapCache(this IEndpointRouteBuilder management) =>
        management.MapPost("/admin/v1/cache:invalidate", Invalidate).WithTags("Cache")
            .WithSummary("Invalidates cached responses: no front door answers with them once this returns")
            .Accepts<InvalidationRequest>("application/json").Produces(StatusCodes.Status204NoContent);

    private static async Task<IResult> Invalidate(HttpContext context, IGrainFactory grains)
    {
        var (request, problem) = await JsonBody.Read(context.Request, Read);
        if (request is null)
        {
            return problem!.AsResult();
        }

        await grains.GetGrain<ICacheGrain>(ICacheGrain.Key).Invalidate(request.Targets());
        return TypedResults.NoContent();
    }

    private static (InvalidationRequest? Request, Problem? Problem) Read(JsonElement document)
    {
        var fields = new JsonFields(document, "all", "routes", "tags", "prefixes");
        var request = new InvalidationRequest(
            fields.Flag("all"),
            fields.Texts("routes", MaxItems, MaxName),
            fields.Texts("tags", MaxItems, MaxName),
            fields.Texts("prefixes", MaxItems, MaxPrefix));
        var count = request.Targets().Length;
        if (fields.Errors.Count == 0 && count == 0)
        {
            fields.Refuse("all", "must be true, unless routes, tags or prefixes are named");
        }

        if (count > MaxItems)
        {
            fields.Refuse("routes", $"must not be more than {MaxItems} together with tags and prefixes; there are {count}");
        }

        if (request.Prefixes.Any(prefix => !prefix.Contains('/', StringComparison.Ordinal)))
        {
            fields.Refuse("prefixes", "must be paths such as /books/, or hosts with paths such as api.example.org/books/");
        }

        return fields.Errors.Count == 0
            ? (request, null)
            : (null, new Problem(StatusCodes.Status400BadRequest, "invalid-invalidation", "The invalidation is refused") { Errors = fields.Errors });
    }
}

/// <summary>What is invalidated.</summary>
/// <param name="All">Everything.</param>
/// <param name="Routes">Routes, by their ids.</param>
/// <param name="Tags">Tags.</param>
/// <param name="Prefixes">Beginnings of decoded paths, or of hosts with paths.</param>
internal sealed record InvalidationRequest(
    bool All, ImmutableArray<string> Routes, ImmutableArray<string> Tags, ImmutableArray<string> Prefixes)
{
    public ImmutableArray<string> Targets() =>
    [
        .. All ? [CacheTarget.All] : Array.Empty<string>(),
        .. Routes.Select(CacheTarget.Route),
        .. Tags.Select(CacheTarget.Tag),
        .. Prefixes.Select(CacheTarget.Prefix),
    ];
}
