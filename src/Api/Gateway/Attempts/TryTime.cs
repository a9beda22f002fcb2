using System.Net.Http.Headers;
using Gatehouse.Api.Gateway.Forwarding;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>How long an attempt may take until the response begins.</summary>
/// <param name="Limit">The time.</param>
/// <param name="Client">What is left of the time that the client gave the call, where it did.</param>
internal readonly record struct TryTime(TimeSpan Limit, TimeSpan? Client)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether it is the client's own time that ends it, which is no fault of the service.</summary>
    public bool IsClients => Client <= Limit;

    /// <summary>The time of the next attempt.</summary>
    public static TryTime Of(GatewayCall call)
    {
        var (plan, spent) = (call.Plan, call.Spent);
        var limit = spent == TimeSpan.Zero ? plan.PerTry : Shorter(plan.PerTry, plan.Total - spent);
        if (!UpstreamClient.IsGrpc(call.Context.Request.ContentType) || GrpcTimeout.Read(call.Context.Request.Headers) is not { } given)
        {
            return new TryTime(Longer(limit, Least), null);
        }

        var left = Longer(given - System.Diagnostics.Stopwatch.GetElapsedTime(call.Started), Least);
        return new TryTime(Longer(Shorter(limit, left), Least), left);
    }

    /// <summary>What is left of it after a time.</summary>
    public TryTime After(TimeSpan spent) => new(Longer(Limit - spent, Least), Client is { } client ? Longer(client - spent, Least) : null);

    /// <summary>Tells a service of it.</summary>
    public void Tell(HttpRequestHeaders headers, RoutePlan plan)
    {
        headers.TryAddWithoutValidation(GatewayTimeout.Header, Limit == plan.PerTry ? plan.PerTryText : GatewayTimeout.Format(Limit));
        if (Client is { } left)
        {
            headers.Remove(GrpcTimeout.Header);
            headers.TryAddWithoutValidation(GrpcTimeout.Header, GrpcTimeout.Format(left));
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
