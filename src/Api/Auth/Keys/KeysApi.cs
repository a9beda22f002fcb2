using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Identity.Keys;

namespace Gatehouse.Api.Auth.Keys;

/// <summary>Signing keys over HTTP, <c>/admin/v1/keys</c>.</summary>
internal static class KeysApi
{
    public static void MapSigningKeys(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/admin/v1/keys").WithTags("Keys");
        api.MapGet("", List).WithSummary("The signing keys and where in their lives they are").Produces<KeyListing>();
        api.MapPost("/rotate", Rotate).WithSummary("Announces new keys; with immediately=true they sign at once")
            .Produces<KeyListing>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapDelete("/{id}", Revoke).WithSummary("Takes a key out: what it signed is refused from then on")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> List(IGrainFactory grains) => TypedResults.Ok(Body(await Keys(grains).List()));

    private static async Task<IResult> Rotate(IGrainFactory grains, string? immediately = null) => immediately switch
    {
        null or "false" => TypedResults.Ok(Body(await Keys(grains).Rotate(immediately: false))),
        "true" => TypedResults.Ok(Body(await Keys(grains).Rotate(immediately: true))),
        _ => new Problem(StatusCodes.Status400BadRequest, "bad-request", "The request is malformed", "The query parameter 'immediately' must be true or false.").AsResult(),
    };

    private static async Task<IResult> Revoke(string id, IGrainFactory grains) => await Keys(grains).Revoke(id)
        ? TypedResults.NoContent()
        : new Problem(StatusCodes.Status404NotFound, "key-not-found", "There is no such key", $"No key has the id '{id}'.").AsResult();

    private static ISigningKeysGrain Keys(IGrainFactory grains) => grains.GetGrain<ISigningKeysGrain>(ISigningKeysGrain.Key);

    private static KeyListing Body(ImmutableArray<SigningKey> keys) => new(
        [.. keys.Select(key => new KeyBody(key.Id, key.Algorithm.ToString().ToUpperInvariant(), NameOf(key.Status), key.Since))]);

    private static string NameOf(SigningKeyStatus status) => status switch
    {
        SigningKeyStatus.Announced => "announced",
        SigningKeyStatus.Active => "active",
        _ => "retired",
    };
}

/// <summary>The JSON of all keys.</summary>
internal sealed record KeyListing(IReadOnlyList<KeyBody> Keys);

/// <summary>The JSON of a key, without any key material.</summary>
internal sealed record KeyBody(string Id, string Algorithm, string Status, DateTimeOffset Since);
