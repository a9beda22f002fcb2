using System.Diagnostics;
using System.Net;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Tests.Gateway.Faults;

public sealed class FaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_status_is_answered_instead_of_the_service()
    {
        var calls = 0;
        await using var upstream = await Upstream.Start(_ =>
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        });
        await using var front = await Start(upstream, new FaultInjection { Status = 503 });

        using var answer = await front.Client.GetAsync("/", Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.GetValues("Gatehouse-Fault").ShouldBe(["status"]);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:injected-fault");
        calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_delay_comes_before_the_service()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, new FaultInjection { Delay = TimeSpan.FromMilliseconds(300) });

        var started = Stopwatch.GetTimestamp();
        using var answer = await front.Client.GetAsync("/", Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("Gatehouse-Fault").ShouldBe(["delay"]);
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task An_abort_cuts_the_connection()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, new FaultInjection { Abort = true });

        await Should.ThrowAsync<HttpRequestException>(() => front.Client.GetAsync("/", Cancel));
    }

    [Fact]
    public async Task Only_the_share_of_requests_meets_a_fault()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, new FaultInjection { Status = 500, Share = 0.3 });
        var faults = 0;
        for (var i = 0; i < 400; i++)
        {
            using var answer = await front.Client.GetAsync("/", Cancel);
            faults += answer.StatusCode == HttpStatusCode.InternalServerError ? 1 : 0;
        }

        // 120 are expected; a deviation of 6 standard deviations would be 55.
        faults.ShouldBeInRange(65, 175);
    }

    private static Task<Front> Start(Upstream upstream, FaultInjection inject) =>
        Front.Start([Make.Route("/{**rest}") with { Inject = inject }], [Make.Entry("i", upstream.Address)]);
}
