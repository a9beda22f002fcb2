using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Registry;

/// <summary>What the registry's API refuses.</summary>
internal static class RegistryProblems
{
    public static readonly Problem MediaType = new(
        StatusCodes.Status415UnsupportedMediaType, "media-type", "The media type is not supported", "Send application/json.");

    public static Problem TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "too-large", "The request body is too large", $"At most {limit} bytes are taken.");

    public static Problem NotJson(string why) => new(
        StatusCodes.Status400BadRequest, "malformed-json", "The request body is not JSON", why);

    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) => new(
        StatusCodes.Status400BadRequest,
        "invalid-request",
        "The request is not valid",
        string.Join("; ", errors.Select(error => $"{error.Key} {string.Join(", ", error.Value)}")))
    {
        Errors = errors,
    };

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
