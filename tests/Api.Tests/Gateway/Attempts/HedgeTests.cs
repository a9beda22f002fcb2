using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Attempts;

/// <summary>A late request is sent to a further instance beside the first: over real connections to services that hang.</summary>
public sealed class HedgeTests
{
    private static readonly RouteDocument Route = Make.Route("/books/{**rest}") with
    {
        Hedge = new RouteHedge { After = TimeSpan.FromMilliseconds(50), Percentile = 0 },
        Retry = new RouteRetry { Attempts = 1 },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Late_request_isAnsweredByAnotherInstance_andTheFirstIsCancelled()
    {
        var cancelled = new TaskCompletionSource();
        await using var hanging = await Upstream.Start(async context =>
        {
            using var registration = context.RequestAborted.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var good = await Upstream.Start(context => context.Response.WriteAsync(context.Request.Headers["X-Asked"].ToString(), Cancellation));
        await using var front = await Front.Start([Route], [Make.Entry("bad", hanging.Address), Make.Entry("good", good.Address)]);
        using var counters = new Counters(front.Services);

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/books/1");
            request.Headers.Add("X-Asked", "for this");
            using var response = await front.Client.SendAsync(request, Cancellation);
            (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("for this");
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        counters["hedges"].ShouldBe(1);
        var table = front.Services.GetRequiredService<TrafficTable>();
        await Condition(() =>
        {
            table.Collect();
            return Of(table, SeriesKind.Instance, "BOOKS/good")?.Calls == 2;
        });
        Of(table, SeriesKind.Instance, "BOOKS/bad")!.Of(CallOutcome.Cancelled).ShouldBe(1);
        table.Of(SeriesKind.Instance).ShouldAllBe(series => series.InFlight == 0);
        front.Registry.Current.Services["BOOKS"].Routable.ShouldAllBe(instance => instance.InFlight == 0);
    }

    [Fact]
    public async Task Failure_ofOne_waitsForTheOther()
    {
        var both = new TaskCompletionSource();
        await using var slow = await Upstream.Start(async context =>
        {
            await both.Task.WaitAsync(context.RequestAborted);
            await Task.Delay(100, context.RequestAborted);
            await context.Response.WriteAsync("late, but good", Cancellation);
        });
        await using var bad = await Upstream.Start(context =>
        {
            both.TrySetResult();
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        // The first is the slow one whenever the round begins with it; twice, so that it does once.
        await using var front = await Front.Start([Route], [Make.Entry("slow", slow.Address), Make.Entry("bad", bad.Address)]);

        var answers = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await front.Client.GetAsync("/books/1", Cancellation);
            answers.Add(await response.Content.ReadAsStringAsync(Cancellation));
        }

        answers.ShouldContain("late, but good");
    }

    [Fact]
    public async Task Later_instance_isToldWhatIsLeftOfTheTime()
    {
        var told = new ConcurrentQueue<int>();
        async Task Slow(HttpContext context)
        {
            told.Enqueue(int.Parse(context.Request.Headers[GatewayTimeout.Header].ToString(), CultureInfo.InvariantCulture));
            await Task.Delay(told.Count == 1 ? Timeout.Infinite : 0, context.RequestAborted);
        }

        await using var one = await Upstream.Start(Slow);
        await using var two = await Upstream.Start(Slow);
        var route = Route with { Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromSeconds(20) } };
        await using var front = await Front.Start([route], [Make.Entry("1", one.Address), Make.Entry("2", two.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        told.Count.ShouldBe(2);
        told.Max().ShouldBe(20_000);
        told.Min().ShouldBeInRange(1, 19_999);
    }

    [Fact]
    public async Task Percentile_ofTheLastRequests_isWhenARequestIsLate()
    {
        var (time, hung) = (new FakeTimeProvider(), new SemaphoreSlim(0));
        var asked = 0;
        async Task Slow(HttpContext context)
        {
            if (context.Request.Path == "/books/slow" && Interlocked.Increment(ref asked) == 1)
            {
                hung.Release();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        }

        await using var one = await Upstream.Start(Slow);
        await using var two = await Upstream.Start(Slow);
        await using var front = await Front.Start(
            [Route with { Hedge = new RouteHedge() }],
            [Make.Entry("1", one.Address), Make.Entry("2", two.Address)],
            services: services => services.AddSingleton<TimeProvider>(time));
        using var counters = new Counters(front.Services);
        for (var i = 0; i < RecentLatency.MinSamples; i++)
        {
            using var quick = await front.Client.GetAsync("/books/1", Cancellation);
        }

        // Of the second that has passed since, the percentile is worked out anew.
        time.Advance(TimeSpan.FromSeconds(1));
        counters["hedges"].ShouldBe(0);
        var late = front.Client.GetAsync("/books/slow", Cancellation);
        await hung.WaitAsync(Cancellation);
        await Condition(() =>
        {
            // What took milliseconds by the real clock is late soon.
            time.Advance(TimeSpan.FromMilliseconds(20));
            return late.IsCompleted;
        });

        using var response = await late;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        counters.Of("gatehouse.gateway.hedges", ("gatehouse.service", "BOOKS"), ("gatehouse.hedge", "won")).ShouldBe(1);
    }

    [Fact]
    public async Task Requests_thatAreAllLate_areSentTwiceAsFarAsTheBudgetGoes()
    {
        var requests = 0;
        async Task Slow(HttpContext context)
        {
            Interlocked.Increment(ref requests);
            await Task.Delay(300, context.RequestAborted);
        }

        await using var one = await Upstream.Start(Slow);
        await using var two = await Upstream.Start(Slow);
        var route = Route with { Retry = new RouteRetry { Attempts = 1, Budget = 0.1 } };
        await using var front = await Front.Start([route], [Make.Entry("1", one.Address), Make.Entry("2", two.Address)]);
        using var counters = new Counters(front.Services);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => front.Client.GetAsync("/books/1", Cancellation)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        Array.ForEach(answers, answer => answer.Dispose());
        // The reserve of a service that few call, and a tenth of the requests.
        (requests - 100).ShouldBeInRange(1, RetryBudget.Reserve + 10);
        counters["retry_budget.exhausted"].ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", false)]
    public async Task Request_thatIsNotSafe_isSentOnce(string method, bool body)
    {
        var requests = 0;
        async Task Slow(HttpContext context)
        {
            Interlocked.Increment(ref requests);
            await Task.Delay(200, context.RequestAborted);
        }

        await using var one = await Upstream.Start(Slow);
        await using var two = await Upstream.Start(Slow);
        await using var front = await Front.Start([Route], [Make.Entry("1", one.Address), Make.Entry("2", two.Address)]);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/books/1") { Content = body ? new StringContent("a book") : null };

        using var response = await front.Client.SendAsync(request, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        requests.ShouldBe(1);
    }

    [Fact]
    public async Task Only_instance_isNotAskedTwice()
    {
        var requests = 0;
        await using var slow = await Upstream.Start(async context =>
        {
            Interlocked.Increment(ref requests);
            await Task.Delay(200, context.RequestAborted);
        });
        await using var front = await Front.Start([Route], [Make.Entry("1", slow.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        requests.ShouldBe(1);
    }

    [Fact]
    public async Task Instances_thatAllHang_areATimeout_andNoneIsLeftCounted()
    {
        await using var hanging = await Upstream.Start(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var route = Route with
        {
            Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromMilliseconds(400) },
            Hedge = new RouteHedge { After = TimeSpan.FromMilliseconds(20), Percentile = 0, Max = 2 },
        };
        await using var front = await Front.Start(
            [route], [Make.Entry("1", hanging.Address), Make.Entry("2", hanging.Address), Make.Entry("3", hanging.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        await Condition(() => front.Registry.Current.Services["BOOKS"].Routable.All(instance => instance.InFlight == 0));
    }

    [Fact]
    public async Task Spans_ofAttempts_areBesideEachOther_andEachIsTold()
    {
        var told = new List<string>();
        async Task Remember(HttpContext context)
        {
            lock (told)
            {
                told.Add(context.Request.Headers.TraceParent.ToString());
            }

            await Task.Delay(told.Count == 1 ? Timeout.Infinite : 0, context.RequestAborted);
        }

        var spans = new ConcurrentQueue<Activity>();
        var trace = ActivityTraceId.CreateRandom();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Gatehouse" or "Microsoft.AspNetCore",
            // Of this test's trace alone: others run beside it.
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == trace ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace && span.Source.Name == "Gatehouse")
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var one = await Upstream.Start(Remember);
        await using var two = await Upstream.Start(Remember);
        await using var front = await Front.Start([Route], [Make.Entry("1", one.Address), Make.Entry("2", two.Address)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/books/1");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        using var response = await front.Client.SendAsync(request, Cancellation);

        await Condition(() => spans.Count == 2);
        told.Order().ShouldBe(spans.Select(span => span.Id!).Order());
        spans.Select(span => span.ParentSpanId).Distinct().Count().ShouldBe(1);
        spans.Select(span => span.GetTagItem("http.request.resend_count")).ShouldBe([null, 1], ignoreOrder: true);
    }

    [Fact]
    public void Percentile_isOfTheLastTenToTwentySeconds()
    {
        var time = new FakeTimeProvider();
        var latency = new RecentLatency(time);
        latency.Percentile(95).ShouldBeNull();

        for (var i = 1; i <= 100; i++)
        {
            latency.Record(TimeSpan.FromMilliseconds(i));
        }

        time.Advance(TimeSpan.FromSeconds(1));
        latency.Percentile(95)!.Value.TotalMilliseconds.ShouldBeInRange(95, 95 * 17 / 16.0);
        latency.Percentile(50)!.Value.TotalMilliseconds.ShouldBeInRange(50, 50 * 17 / 16.0);

        time.Advance(TimeSpan.FromSeconds(9));
        latency.Percentile(95)!.Value.TotalMilliseconds.ShouldBeInRange(95, 95 * 17 / 16.0);
        time.Advance(TimeSpan.FromSeconds(10));
        latency.Percentile(95).ShouldBeNull();
    }

    private static TrafficSum? Of(TrafficTable table, SeriesKind kind, string name) =>
        table.Of(kind).FirstOrDefault(series => series.Key.Name == name)?.Total;

    private static async Task Condition(Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
