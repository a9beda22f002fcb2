using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>The errors of the clients' management API.</summary>
internal static class ClientProblems
{
    public static Problem NotFound(string id) =>
        new(StatusCodes.Status404NotFound, "client-not-found", "There is no such client", $"No client has the id '{id}'.");

    public static Problem NoSecret(string id) => new(
        StatusCodes.Status409Conflict, "public-client", "A public client has no secret", $"Client '{id}' is public: it could not keep one.");

    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(StatusCodes.Status400BadRequest, "invalid-client", "The client is refused", $"{errors.First().Key} {errors.First().Value[0]}") { Errors = errors };
}
