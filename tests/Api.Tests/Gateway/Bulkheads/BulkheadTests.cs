using Gatehouse.Api.Gateway.Bulkheads;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Bulkheads;

public sealed class BulkheadTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryEnter_givesAsManyPlacesAsThereAre()
    {
        var bulkhead = Make(2, 0);

        bulkhead.TryEnter().ShouldBeTrue();
        bulkhead.TryEnter().ShouldBeTrue();
        bulkhead.TryEnter().ShouldBeFalse();
        (await Enter(bulkhead, Cancellation)).ShouldBeFalse("there is no queue");

        bulkhead.Leave();
        bulkhead.TryEnter().ShouldBeTrue();
    }

    [Fact]
    public async Task Enter_admitsInOrder_andRefusesBeyondTheQueue()
    {
        var bulkhead = Make(1, 2);
        bulkhead.TryEnter().ShouldBeTrue();
        var first = Enter(bulkhead, Cancellation);
        var second = Enter(bulkhead, Cancellation);
        (await Enter(bulkhead, Cancellation)).ShouldBeFalse();
        bulkhead.TryEnter().ShouldBeFalse("who comes later waits behind them");

        bulkhead.Leave();
        (await first).ShouldBeTrue();
        second.IsCompleted.ShouldBeFalse();
        bulkhead.Leave();
        (await second).ShouldBeTrue();
        (bulkhead.UnderWay, bulkhead.Waiting).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Enter_endsWithItsTime_andLeavesTheQueue()
    {
        var bulkhead = Make(1, 1);
        bulkhead.TryEnter().ShouldBeTrue();
        var waiting = Enter(bulkhead, Cancellation);

        time.Advance(Most);

        (await waiting).ShouldBeFalse();
        bulkhead.Waiting.ShouldBe(0);
        bulkhead.Leave();
        bulkhead.TryEnter().ShouldBeTrue();
    }

    [Fact]
    public async Task Enter_ofAClientThatHasGone_givesTheQueueFree()
    {
        var bulkhead = Make(1, 1);
        bulkhead.TryEnter().ShouldBeTrue();
        using var client = new CancellationTokenSource();
        var waiting = Enter(bulkhead, client.Token);

        await client.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        (bulkhead.UnderWay, bulkhead.Waiting).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Places_areNeverMoreThanTheLimit_andNoneIsLost()
    {
        var bulkhead = Make(7, 1000);
        var (underWay, most, admitted) = (0, 0, 0);
        await Parallel.ForAsync(0, 20_000, Cancellation, async (i, cancellation) =>
        {
            using var client = new CancellationTokenSource();
            try
            {
                if (i % 5 == 0)
                {
                    client.CancelAfter(TimeSpan.FromMicroseconds(i % 50));
                }

                if (!bulkhead.TryEnter() && !await Enter(bulkhead, client.Token))
                {
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref most, now);
            Interlocked.Increment(ref admitted);
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            bulkhead.Leave();
        });

        most.ShouldBeInRange(1, 7);
        admitted.ShouldBeGreaterThan(15_000);
        (bulkhead.UnderWay, bulkhead.Waiting).ShouldBe((0, 0));
    }

    [Fact]
    public void Limit_thatAdapts_goesByHowLongPlacesAreHeld_notByWhatWasWaitedBefore()
    {
        var bulkhead = new Bulkhead(new RouteBulkhead { Concurrent = 20, Adaptive = true }, time);

        for (var seconds = 0; seconds < 10; seconds++)
        {
            Serve(bulkhead, waited: TimeSpan.FromSeconds(seconds), held: TimeSpan.FromMilliseconds(100));
        }

        bulkhead.Limit.ShouldBe(20);
        Serve(bulkhead, waited: TimeSpan.Zero, held: TimeSpan.FromSeconds(5));
        bulkhead.Limit.ShouldBeLessThan(20);
    }

    private void Serve(Bulkhead bulkhead, TimeSpan waited, TimeSpan held)
    {
        var calls = Enumerable.Range(0, 20).Select(_ => Gateway.Make.Call()).ToList();
        time.Advance(waited);
        foreach (var call in calls)
        {
            bulkhead.TryEnter().ShouldBeTrue();
            call.Hold(bulkhead);
        }

        time.Advance(held);
        calls.ForEach(call => call.End(call.Figures(call.Started, CallOutcome.Success)));
    }

    private static void InterlockedMax(ref int place, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref place)) && Interlocked.CompareExchange(ref place, value, seen) != seen)
        {
            // Another was faster.
        }
    }

    private static Task<bool> Enter(Bulkhead bulkhead, CancellationToken client) => bulkhead.Enter(Most, client).AsTask();

    private Bulkhead Make(int concurrent, int queue) => new(new RouteBulkhead { Concurrent = concurrent, Queue = queue }, time);
}
