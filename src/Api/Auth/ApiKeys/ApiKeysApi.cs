using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.ApiKeys;

namespace Gatehouse.Api.Auth.ApiKeys;

/// <summary>API keys over HTTP, <c>/admin/v1/api-keys</c>.</summary>
internal static class ApiKeysApi
{
    private const int MaxItems = 50;
    private const int MaxLength = 128;
    private const int MaxDays = 3650;

    private static readonly Problem Full = new(
        StatusCodes.Status409Conflict, "too-many-api-keys", "There are too many API keys", $"There can be {IApiKeysGrain.MaxKeys}; revoke some.");

    public static void AddApiKeys(this IServiceCollection services) =>
        services.AddSingleton<IViewProjection<ApiKeyDirectory>, ApiKeyProjection>();

    public static void MapApiKeys(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/admin/v1/api-keys").WithTags("API keys");
        api.MapGet("", List).WithSummary("All API keys, without their secrets").Produces<ApiKeyListing>();
        api.MapPost("", Create).WithSummary("Makes an API key; the answer has it, which is told this once")
            .Accepts<ApiKeyRequest>("application/json").Produces<ApiKeyBody>(StatusCodes.Status201Created);
        api.MapGet("/{id}", Get).WithSummary("An API key, without its secret").Produces<ApiKeyBody>();
        api.MapDelete("/{id}", Revoke).WithSummary("Revokes an API key: no front door accepts it once this returns");
    }

    private static async Task<IResult> List(IGrainFactory grains) =>
        TypedResults.Ok(new ApiKeyListing([.. (await Keys(grains).List()).Select(key => ApiKeyBody.Of(key))]));

    private static async Task<IResult> Get(string id, IGrainFactory grains) =>
        (await Keys(grains).List()).FirstOrDefault(key => key.Id == id) is { } key
            ? TypedResults.Ok(ApiKeyBody.Of(key))
            : NotFound(id).AsResult();

    private static async Task<IResult> Create(HttpContext context, IGrainFactory grains, TimeProvider time)
    {
        var (request, problem) = await JsonBody.Read(context.Request, Read);
        if (request is null)
        {
            return problem!.AsResult();
        }

        var secret = ApiKeySecret.Create();
        var now = time.GetUtcNow();
        var key = new ApiKey
        {
            Id = secret.Id,
            Name = request.Name,
            Hash = secret.Hash(),
            Scopes = request.Scopes,
            Roles = request.Roles,
            CreatedAt = now,
            ExpiresAt = request.ExpiresInDays > 0 ? now.AddDays(request.ExpiresInDays) : null,
        };
        if (!await Keys(grains).Add(key))
        {
            return Full.AsResult();
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/admin/v1/api-keys/{key.Id}", ApiKeyBody.Of(key, secret.ToString()));
    }

    private static async Task<IResult> Revoke(string id, IGrainFactory grains) =>
        await Keys(grains).Revoke(id) is null ? NotFound(id).AsResult() : TypedResults.NoContent();

    private static IApiKeysGrain Keys(IGrainFactory grains) => grains.GetGrain<IApiKeysGrain>(IApiKeysGrain.Key);

    private static (ApiKeyRequest? Request, Problem? Problem) Read(JsonElement document)
    {
        var fields = new JsonFields(document, "name", "scopes", "roles", "expiresInDays");
        var request = new ApiKeyRequest(
            fields.Text("name", required: true, maxLength: MaxLength) ?? "",
            fields.Texts("scopes", MaxItems, MaxLength),
            fields.Texts("roles", MaxItems, MaxLength),
            fields.Number("expiresInDays", 0, 1, MaxDays));
        return fields.Errors.Count == 0
            ? (request, null)
            : (null, new Problem(StatusCodes.Status400BadRequest, "invalid-api-key", "The API key is refused") { Errors = fields.Errors });
    }

    private static Problem NotFound(string id) =>
        new(StatusCodes.Status404NotFound, "api-key-not-found", "There is no such API key", $"No API key has the id '{id}'.");
}

/// <summary>What an API key is made of.</summary>
internal sealed record ApiKeyRequest(string Name, ImmutableArray<string> Scopes, ImmutableArray<string> Roles, int ExpiresInDays);

/// <summary>The JSON of an API key; the key itself is there once, in the answer to what made it.</summary>
internal sealed record ApiKeyBody(
    string Id,
    string Name,
    ImmutableArray<string> Scopes,
    ImmutableArray<string> Roles,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key)
{
    public static ApiKeyBody Of(ApiKey key, string? secret = null) =>
        new(key.Id, key.Name, key.Scopes, key.Roles, key.CreatedAt, key.ExpiresAt, secret);
}

/// <summary>The JSON of all API keys.</summary>
internal sealed record ApiKeyListing(IReadOnlyList<ApiKeyBody> ApiKeys);
