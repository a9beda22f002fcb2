using Gatehouse.Api.Problems;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing;

/// <summary>The errors of the routes' management API.</summary>
internal static class RouteProblems
{
    public static Problem PreconditionFailed { get; } = new(
        StatusCodes.Status412PreconditionFailed,
        "precondition-failed",
        "The precondition does not hold",
        "It was changed, made or taken out meanwhile. Read it again, and send the request with its ETag.");

    public static Problem BadCondition { get; } = new(
        StatusCodes.Status400BadRequest,
        "bad-request",
        "The request is malformed",
        "If-Match takes entity tags or *, If-None-Match takes *.");

    public static Problem MediaType { get; } = new(
        StatusCodes.Status415UnsupportedMediaType,
        "media-type",
        "The media type is not supported",
        "Send application/json or application/yaml.");

    public static Problem TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        "too-large",
        "The request body is too large",
        $"At most {limit / 1024 / 1024} MiB are read.");

    public static Problem BadQuery(string name, string expected) =>
        new(StatusCodes.Status400BadRequest, "bad-request", "The request is malformed", $"The query parameter '{name}' must be {expected}.");

    public static Problem NotFound(string id) =>
        new(StatusCodes.Status404NotFound, "route-not-found", "There is no such route", $"No route has the id '{id}'.");

    public static Problem OwnedByFile(string id) => new(
        StatusCodes.Status409Conflict,
        "route-owned-by-file",
        "The route belongs to the routes file",
        $"Route '{id}' came from the routes file; change it there.");

    public static Problem Invalid(IReadOnlyCollection<RouteError> errors)
    {
        var first = errors.First();
        var more = errors.Count == 1 ? "" : $" ({errors.Count - 1} more)";
        return new Problem(
            StatusCodes.Status400BadRequest, "invalid-route", "The route document is refused", $"{Sentence(first)}{more}")
        {
            Errors = errors
                .GroupBy(error => error.Path, error => error.Message)
                .ToDictionary(group => group.Key, group => group.ToArray()),
        };
    }

    /// <summary>An error as a sentence without its full stop.</summary>
    public static string Sentence(RouteError error) =>
        error.Path.Length == 0 ? $"The document {error.Message}" : $"{error.Path} {error.Message}";
}
