using Gatehouse.Grains.Views;
using Gatehouse.Silo.Store;
using Orleans.Runtime;

namespace Gatehouse.Api.Problems;

/// <summary>
/// Answers 503 when the cluster, a grain in it or its store did not answer. Commands are idempotent, so the caller is told to send
/// the request again.
/// </summary>
internal static class ClusterUnavailable
{
    private static readonly Problem Problem = new Problem(
        StatusCodes.Status503ServiceUnavailable,
        "cluster-unavailable",
        "The cluster did not answer in time",
        "Nothing is known of the outcome; the request can be sent again.").RetryAfter(1);

    /// <summary>
    /// Whether the exception says that the cluster did not answer. A cancellation does too, unless the client has gone: a
    /// silo gives up so on a call that waits too long for a grain to move.
    /// </summary>
    public static bool IsCause(Exception e, CancellationToken client) =>
        e is TimeoutException or OrleansException or NotPublisherException or StateNotWrittenException
        || (e is OperationCanceledException && !client.IsCancellationRequested)
        || StoreFailures.Caused(e);

    /// <summary>Writes the problem as the response.</summary>
    public static Task Write(HttpContext context) => Problem.Write(context);
}
