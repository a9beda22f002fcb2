using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Traffic;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Mirroring;

/// <summary>Sends copies of requests, drops what is answered, and counts them.</summary>
internal sealed partial class Mirrors
{
    /// <summary>Tells a service that a request is a copy, and of which route; nobody gets its answer.</summary>
    public const string Header = "Gatehouse-Mirror";

    // Of an answer that is longer, the connection is closed.
    private const int MostOfAnswer = 256 * 1024;

    private readonly IReplica<RegistrySnapshot> registry;
    private readonly UpstreamClient client;
    private readonly ForwardedHeaders forwarded;
    private readonly TrafficTable traffic;
    private readonly ILogger<Mirrors> logger;
    private readonly PowerOfTwo balancer;
    private readonly Counter<long> copies;

    public Mirrors(
        IReplica<RegistrySnapshot> registry,
        UpstreamClient client,
        ForwardedHeaders forwarded,
        TrafficTable traffic,
        IMeterFactory meters,
        Random random,
        ILogger<Mirrors> logger)
    {
        this.registry = registry;
        this.client = client;
        this.forwarded = forwarded;
        this.traffic = traffic;
        this.logger = logger;
        balancer = new PowerOfTwo(random);
        copies = meters.Create(GatewayMetrics.MeterName).CreateCounter<long>(
            "gatehouse.gateway.mirrored", "{request}", "Requests that were to be copied to another service, by what became of the copy.");
    }

    /// <summary>Counts a request of whose copy this has become.</summary>
    public void Count(GatewayCall call, string result) =>
        copies.Add(1, new("http.route", call.Plan.Pattern), new("gatehouse.mirror.result", result));

    /// <summary>Sends a copy, on another thread; never throws.</summary>
    /// <param name="call">The request, which is not touched after this has returned.</param>
    /// <param name="service">Where to.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="done">Called when it is over.</param>
    public void Send(GatewayCall call, string service, ReadOnlyMemory<byte> body, Action done)
    {
        try
        {
            if (Enter(call, service.ToUpperInvariant()) is { } instance)
            {
                var copy = new Copy(call.Plan, Make(call, instance, body), instance, body.Length);
                ThreadPool.UnsafeQueueUserWorkItem(sent => _ = Send(sent, done), copy, preferLocal: false);
                return;
            }

            Count(call, "no-instance");
        }
        catch (Exception e)
        {
            Log.NotSent(logger, call.Plan.Id, e);
            Count(call, "failed");
        }

        done();
    }

    // Without a wait: where it is not known now which instances there are, there is no copy.
    private RoutableInstance? Enter(GatewayCall call, string service) =>
        registry.State != LeaseState.Renewing
        && registry.Current.Services.TryGetValue(service, out var instances)
        && !instances.Routable.IsEmpty
        && balancer.Pick(instances, call) is { } instance
        && instance.TryEnter()
            ? instance
            : null;

    private HttpRequestMessage Make(GatewayCall call, RoutableInstance instance, ReadOnlyMemory<byte> body)
    {
        var request = call.Context.Request;
        var config = client.ConfigFor(request, instance, call.Plan.PerTry);
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), (Uri?)null)
        {
            Version = config.Version!,
            VersionPolicy = config.VersionPolicy ?? HttpVersionPolicy.RequestVersionExact,
            Content = body.IsEmpty ? null : new ReadOnlyMemoryContent(body),
        };
        try
        {
            ForwardedCall.WriteRequest(call, forwarded, message, instance.Address);
            message.Headers.TryAddWithoutValidation(Header, call.Plan.Id);
            return message;
        }
        catch (Exception)
        {
            instance.Leave();
            message.Dispose();
            throw;
        }
    }

    private async Task Send(Copy copy, Action done)
    {
        var started = Stopwatch.GetTimestamp();
        var series = traffic.Enter(SeriesKind.Service, copy.Instance.Instance.Service);
        var instance = traffic.Enter(SeriesKind.Instance, copy.Instance.Key);
        var outcome = CallOutcome.Failure;
        using var timeout = new CancellationTokenSource(copy.Plan.PerTry);
        try
        {
            using var answer = await client.Invoker.SendAsync(copy.Message, timeout.Token);
            outcome = RequestOutcome.OfStatus((int)answer.StatusCode);
            await Drop(answer, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            outcome = CallOutcome.Timeout;
        }
        catch (Exception e)
        {
            Log.NotSent(logger, copy.Plan.Id, e);
        }
        finally
        {
            copy.Message.Dispose();
            copy.Instance.Leave();
            var figures = new CallFigures(CallFigures.Since(started), outcome, copy.BytesIn, 0);
            series.Leave(figures);
            instance.Leave(figures);
            copies.Add(1, new("http.route", copy.Plan.Pattern), new("gatehouse.mirror.result", CallOutcomes.NameOf(outcome)));
            done();
        }
    }

    // Read to its end, so that its connection can be used again.
    private static async Task Drop(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[16 * 1024];
        var left = MostOfAnswer;
        while (left > 0 && await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            left -= read;
        }
    }

    private sealed record Copy(RoutePlan Plan, HttpRequestMessage Message, RoutableInstance Instance, long BytesIn);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The copy of a request of route {Route} was not sent, or not answered")]
        public static partial void NotSent(ILogger logger, string route, Exception exception);
    }
}
