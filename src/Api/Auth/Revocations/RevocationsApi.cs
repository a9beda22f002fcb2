using Gatehouse.Api.Commands;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Identity.Revocations;

namespace Gatehouse.Api.Auth.Revocations;

/// <summary>Revocation by hand, <c>/admin/v1/revocations</c>: for the day on which something has leaked.</summary>
internal static class RevocationsApi
{
    private const int MaxId = 256;

    // No access token lives longer.
    private static readonly TimeSpan LongestToken = TimeSpan.FromHours(1);

    private static readonly Problem BadId = new(
        StatusCodes.Status400BadRequest, "bad-revocation", "The revocation is refused", $"The id must have at most {MaxId} characters.");

    public static void MapRevocations(this IEndpointRouteBuilder management) => management
        .MapPut("/admin/v1/revocations/{kind}/{id}", Put)
        .WithTags("Revocations")
        .WithSummary("Revokes a token (by its jti), session, user, client or api-key: no front door accepts it once this returns")
        .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> Put(string kind, string id, IGrainFactory grains, CommandSender sender, TimeProvider time)
    {
        var key = kind switch
        {
            "token" => RevocationKey.Token(id),
            "session" => RevocationKey.Session(id),
            "user" => RevocationKey.User(id),
            "client" => RevocationKey.Client(id),
            "api-key" => RevocationKey.ApiKey(id),
            _ => null,
        };
        if (key is null)
        {
            return new Problem(
                StatusCodes.Status404NotFound, "not-found", "There is nothing at this address", "What is revoked is a token, session, user, client or api-key.").AsResult();
        }

        if (id.Length > MaxId)
        {
            return BadId.AsResult();
        }

        var until = time.GetUtcNow() + LongestToken;
        await sender.Send(() => grains.Revoke(key, until));
        return TypedResults.NoContent();
    }
}
