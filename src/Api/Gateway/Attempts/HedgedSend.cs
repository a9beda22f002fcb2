using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>
/// Sends one request to an instance, and while that is late to further ones; gives the first good response to the
/// forwarder, to which all this looks like one sending, and cancels the others (Dean and Barroso, "The Tail at Scale", 2013).
/// </summary>
internal sealed class HedgedSend(Hedges hedges, GatewayCall call, RouteHedge rule, Attempt attempt, TryTime time)
    : HttpMessageInvoker(hedges.Client.Handler, disposeHandler: false)
{
    private readonly Attempt first = attempt;
    private readonly string service = attempt.Instance.Instance.Service;

    // Where the request went, and where attempts before failed: further ones go elsewhere.
    private readonly List<RoutableInstance> tried = [.. call.Tried ?? [], attempt.Instance];

    /// <summary>The attempt whose response is passed on, or whose failure is; the others have ended.</summary>
    public Attempt Winner { get; private set; } = attempt;

    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var latency = hedges.LatencyOf(service);
        var after = rule.Percentile > 0 ? latency.Percentile(rule.Percentile) : rule.After;
        var running = new List<Leg> { Leg.Start(first, base.SendAsync, request, cancellationToken) };
        var left = after is null ? 0 : rule.Max;
        using var over = new CancellationTokenSource();
        try
        {
            while (true)
            {
                if (await IsLate(running, left > 0 ? after : null, over.Token))
                {
                    left--;
                    if (await StartAnother(request, cancellationToken) is { } another)
                    {
                        running.Add(another);
                    }
                    else
                    {
                        left = 0;
                    }

                    continue;
                }

                var done = running.Find(leg => leg.Response.IsCompleted)!;
                running.Remove(done);
                latency.Record(done.Elapsed);
                // The last one counts in any case: whether it is tried once more is decided by who asked.
                if (running.Count == 0 || IsGood(done))
                {
                    Choose(done, running, latency);
                    return await done.Response;
                }

                GiveUp(done, OutcomeOf(done));
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private async Task<bool> IsLate(List<Leg> running, TimeSpan? after, CancellationToken over)
    {
        var responses = running.Select(leg => (Task)leg.Response);
        if (after is null)
        {
            await Task.WhenAny(responses);
            return false;
        }

        var late = Task.Delay(after.Value, hedges.Time, over);
        return await Task.WhenAny([.. responses, late]) == late;
    }

    private async ValueTask<Leg?> StartAnother(HttpRequestMessage request, CancellationToken cancellation)
    {
        RoutableInstance? instance;
        try
        {
            instance = await hedges.EnterAnother(call, service, tried);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Those that are under way are cancelled with it.
            return null;
        }

        if (instance is null)
        {
            return null;
        }

        tried.Add(instance);
        return Leg.Start(
            () =>
            {
                // Beside the first attempt, not below it.
                first.LeaveSpan();
                return call.StartAttempt(instance);
            },
            base.SendAsync,
            () => Copy(request, instance),
            cancellation);
    }

    private void Choose(Leg chosen, List<Leg> others, RecentLatency latency)
    {
        Winner = chosen.Attempt;
        chosen.Release();
        call.Choose(chosen.Attempt.Instance);
        foreach (var other in others)
        {
            latency.Record(other.Elapsed);
            GiveUp(other, CallOutcome.Cancelled);
        }

        if (chosen.Attempt != first || others.Count > 0)
        {
            hedges.Metrics.Hedged(service, won: chosen.Attempt != first);
        }
    }

    private static void GiveUp(Leg leg, CallOutcome outcome)
    {
        leg.Attempt.End(outcome);
        leg.Cancel();
    }

    private bool IsGood(Leg leg) =>
        leg.Response.IsCompletedSuccessfully && !call.Plan.Retry.IsFailure(AttemptEnd.Answered((int)leg.Response.Result.StatusCode));

    private CallOutcome OutcomeOf(Leg leg)
    {
        if (leg.Response.IsCompletedSuccessfully)
        {
            return RequestOutcome.OfStatus((int)leg.Response.Result.StatusCode);
        }

        if (!leg.Response.IsCanceled)
        {
            return CallOutcome.Failure;
        }

        return call.Context.RequestAborted.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Timeout;
    }

    private HttpRequestMessage Copy(HttpRequestMessage request, RoutableInstance instance)
    {
        var (context, config) = (call.Context, hedges.Client.ConfigFor(call.Context.Request, instance, TimeSpan.Zero));
        var copy = new HttpRequestMessage(request.Method, call.Plan.Path.Rewrite(instance.Address, context.Request.Path, call.Target, out _))
        {
            Version = config.Version!,
            VersionPolicy = config.VersionPolicy!.Value,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        // It begins later, and its time ends with that of the first.
        copy.Headers.Remove(GatewayTimeout.Header);
        time.After(first.Elapsed).Tell(copy.Headers, call.Plan);
        Tracing.ContinueAnew(context.Request.Headers, copy.Headers);
        return copy;
    }

    /// <summary>One of the sendings.</summary>
    private sealed class Leg
    {
        private readonly CancellationTokenSource cancel;
        private readonly long started = System.Diagnostics.Stopwatch.GetTimestamp();

        private Leg(CancellationToken cancellation) => cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        public Attempt Attempt { get; private set; } = null!;

        public Task<HttpResponseMessage> Response { get; private set; } = null!;

        public TimeSpan Elapsed => System.Diagnostics.Stopwatch.GetElapsedTime(started);

        public static Leg Start(
            Attempt attempt, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, HttpRequestMessage request, CancellationToken cancellation)
        {
            var leg = new Leg(cancellation) { Attempt = attempt };
            leg.Response = send(request, leg.cancel.Token);
            return leg;
        }

        // In a flow of its own, as an attempt's span is the current one of the flow that it begins in.
        public static Leg Start(
            Func<Attempt> begin,
            Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
            Func<HttpRequestMessage> make,
            CancellationToken cancellation)
        {
            var leg = new Leg(cancellation);
            leg.Response = leg.Run(begin, send, make);
            return leg;
        }

        /// <summary>Its response is passed on.</summary>
        public void Release() => cancel.Dispose();

        /// <summary>Nobody wants its response.</summary>
        public void Cancel()
        {
            cancel.Cancel();
            _ = Discard();
        }

        private async Task Discard()
        {
            try
            {
                (await Response).Dispose();
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // It was cancelled, or has failed, which its attempt was told.
            }
            finally
            {
                cancel.Dispose();
            }
        }

        private async Task<HttpResponseMessage> Run(
            Func<Attempt> begin, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, Func<HttpRequestMessage> make)
        {
            Attempt = begin();
            return await send(make(), cancel.Token);
        }
    }
}
