using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Auth.Server;

/// <summary>Answers 503 as long as this front door has no keys to sign with: for a moment after its start.</summary>
internal sealed class KeysRequired(RequestDelegate next, IReplica<SigningKeyRing> keys)
{
    private static readonly Problem NotReady = new(
        StatusCodes.Status503ServiceUnavailable,
        "not-ready",
        "The front door is starting",
        "It does not know the signing keys yet; try again in a moment.");

    public Task Invoke(HttpContext context) => keys.Current.CanSign ? next(context) : NotReady.Write(context);
}
