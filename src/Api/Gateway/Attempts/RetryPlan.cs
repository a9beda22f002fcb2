using System.Collections.Frozen;
using Gatehouse.Api.Hosting;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>When a route's requests are sent again, made ready for requests.</summary>
internal sealed class RetryPlan(RouteRetry retry)
{
    /// <summary>The header that makes a request of any method safe to send again (draft-ietf-httpapi-idempotency-key-header).</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    // Each backoff is twice the one before, up to this many times the first.
    private const int MostBackoff = 10;

    private readonly FrozenSet<int> statuses = retry.Statuses.ToFrozenSet();

    public int Attempts => retry.Attempts;

    public double Budget => retry.Budget;

    /// <summary>Whether an attempt that ended so has failed, and is made again where that is allowed.</summary>
    public bool IsFailure(AttemptEnd end) =>
        end.Kind == EndKind.Unreachable ? retry.Connect : end.Status >= StatusCodes.Status400BadRequest && statuses.Contains(end.Status);

    /// <summary>How long is waited at most before the retry of a number, from 1.</summary>
    public TimeSpan BackoffBefore(int number) => retry.Backoff * Math.Min(MostBackoff, 1 << (number - 1));

    /// <summary>Whether a request that its service may have carried out can be sent again (RFC 9110, 9.2.2).</summary>
    public static bool IsRepeatable(HttpRequest request) =>
        request.IsSafe() || HttpMethods.IsPut(request.Method) || HttpMethods.IsDelete(request.Method)
        || (request.Headers.TryGetValue(IdempotencyKey, out var key) && !string.IsNullOrEmpty(key));
}
