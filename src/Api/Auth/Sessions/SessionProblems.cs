using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>What a service is told that asks for the attributes of a session.</summary>
internal static class SessionProblems
{
    public static readonly Problem NoIdentity = new(
        StatusCodes.Status400BadRequest,
        "identity-required",
        "It is not said whose session it is",
        $"Send the {IdentityIssuer.Header} header that the service was called with.");

    public static readonly Problem BadIdentity = new(
        StatusCodes.Status401Unauthorized,
        "identity-refused",
        "The identity is not accepted",
        $"The {IdentityIssuer.Header} is not of this Gatehouse, or too old, or its session has ended.");

    public static readonly Problem NoSession = new(
        StatusCodes.Status404NotFound,
        "no-session",
        "The caller has no session",
        "A client that acts for itself, and an API key, have none.");

    public static readonly Problem Over = new(StatusCodes.Status404NotFound, "session-not-found", "The session is over");

    public static readonly Problem NoPrecondition = new(
        StatusCodes.Status428PreconditionRequired,
        "precondition-required",
        "It is not said which version is replaced",
        "Send If-Match with the ETag of the attributes that were read ('*' for any), or If-None-Match: * for the first ones; PATCH needs neither.");

    public static readonly Problem Changed = new(
        StatusCodes.Status412PreconditionFailed,
        "attributes-changed",
        "The attributes were changed meanwhile",
        "Read them again, and send the request again with their ETag.");

    public static readonly Problem NoObject = new(
        StatusCodes.Status400BadRequest, "bad-attributes", "The attributes are refused", "They must be a JSON object.");

    public static Problem TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "attributes-too-large", "The attributes are too large", $"A session keeps at most {limit} bytes of them.");
}
