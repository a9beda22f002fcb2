using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Registry;

/// <summary>What the registry's API refuses.</summary>
internal static class RegistryProblems
{
    public static readonly Problem MediaType = new(
        StatusCodes.Status415UnsupportedMediaType, "media-type", "The media type is not supported", "Send application/json.")
    {
        Errors = new Dictionary<string, string[]> { ["Content-Type"] = ["must be application/json"] },
    };

    public static Problem TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "too-large", "The request body is too large", $"At most {limit} bytes are taken.")
    {
        Errors = new Dictionary<string, string[]> { ["$"] = [$"must be at most {limit} bytes"] },
    };

    public static Problem NotJson(string why) => new(
        StatusCodes.Status400BadRequest, "malformed-json", "The request body is not JSON", why)
    {
        Errors = new Dictionary<string, string[]> { ["$"] = ["must be JSON"] },
    };

    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) => Problem.Invalid(errors);

    public static Problem NoInstance(string service, string id) => new(
        StatusCodes.Status404NotFound,
        "unknown-instance",
        "There is no such instance",
        $"Service {service} has no instance '{id}'; it was never registered, it left, or its lease ran out.");

    public static Problem RegisterAgain(string service, string id) => new(
        StatusCodes.Status404NotFound,
        "unknown-instance",
        "There is no such instance",
        $"Service {service} has no instance '{id}'; register it again.");

    public static Problem NoService(string service) => new(
        StatusCodes.Status404NotFound, "unknown-service", "There is no such service", $"Nobody is registered as '{service}'.");
}
