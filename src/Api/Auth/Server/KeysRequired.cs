using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Auth.Server;

/// <summary>
/// Lets requests wait until this front door has keys to sign with, which takes a moment after its start, and answers 503
/// when they do not come. None is answered by other keys than those that sign now.
/// </summary>
internal sealed class KeysRequired(RequestDelegate next, IReplica<SigningKeyRing> keys, ServerKeys server, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Problem NotReady = new Problem(
        StatusCodes.Status503ServiceUnavailable,
        "not-ready",
        "The front door is starting",
        "It does not know the signing keys yet; try again in a moment.").RetryAfter(1);

    public async Task Invoke(HttpContext context)
    {
        if (keys.Current.CanSign || await AreComing(context.RequestAborted))
        {
            server.KeepUp();
            await next(context);
            return;
        }

        await NotReady.Write(context);
    }

    private async Task<bool> AreComing(CancellationToken aborted)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, aborted);
        try
        {
            await foreach (var ring in keys.Follow(either.Token))
            {
                if (ring.CanSign)
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // They did not come.
        }

        return false;
    }
}
