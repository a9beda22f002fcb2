using Gatehouse.Api.Commands;
using Gatehouse.Api.Tests.Views;
using Gatehouse.Api.Views;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Commands;

public sealed class CommandSenderTests
{
    private readonly FakeTimeProvider time = new();
    private readonly FakeReplicaStatus replica = new("registry");
    private readonly List<TaskCompletionSource<int>> calls = [];
    private readonly DateTimeOffset start;

    public CommandSenderTests() => start = time.GetUtcNow();

    [Fact]
    public async Task Send_answerInTime_isSentOnce()
    {
        var sending = Send();
        calls[0].SetResult(7);
        (await sending).ShouldBe(7);
        calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Send_noAnswer_isSentAgainAndTheFirstAnswerCounts()
    {
        var sending = Send();
        await Sent(2);
        calls[1].SetResult(7);
        (await sending).ShouldBe(7);
    }

    [Fact]
    public async Task Send_earlierCallAnswersAfterAll_isTaken()
    {
        var sending = Send();
        await Sent(2);
        calls[0].SetResult(3);
        (await sending).ShouldBe(3);
    }

    [Fact]
    public async Task Send_oneOfTwoFails_theOtherIsWaitedFor()
    {
        var sending = Send();
        await Sent(2);
        calls[0].SetException(new TimeoutException());
        calls[1].SetResult(5);
        (await sending).ShouldBe(5);
    }

    [Fact]
    public async Task Send_onlyCallFails_failsAtOnce()
    {
        var sending = Send();
        calls[0].SetException(new TimeoutException("gone"));
        (await Should.ThrowAsync<TimeoutException>(sending)).Message.ShouldBe("gone");
    }

    [Fact]
    public async Task Send_noAnswerAtAll_endsWhenTheLastCallDoes()
    {
        var sending = Send();
        for (var sent = 2; sent <= CommandSender.MaxSends; sent++)
        {
            await Sent(sent);
        }

        time.Advance(CommandSender.After * 10);
        calls.Count.ShouldBe(CommandSender.MaxSends);
        foreach (var call in calls)
        {
            call.SetException(new TimeoutException());
        }

        await Should.ThrowAsync<TimeoutException>(sending);
    }

    [Fact]
    public async Task Send_turnedAway_isSentAgainSoon()
    {
        var sending = Send();
        calls[0].SetException(new SiloUnavailableException());
        while (calls.Count < 2)
        {
            // A moment for what goes on in other threads, so that the clock is not far ahead of it.
            await Task.Delay(1, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        time.GetUtcNow().ShouldBeLessThan(start + CommandSender.After);
        calls[1].SetResult(5);
        (await sending).ShouldBe(5);
    }

    [Fact]
    public async Task Send_turnedAwayAgainAndAgain_failsAfterAWhile()
    {
        var sending = Send();
        var call = 0;
        while (!sending.IsCompleted)
        {
            if (call < calls.Count)
            {
                calls[call++].SetException(new SiloUnavailableException("gone"));
            }

            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        (await Should.ThrowAsync<SiloUnavailableException>(sending)).Message.ShouldBe("gone");
        (time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(CommandSender.TurnedAwayFor);
    }

    [Fact]
    public async Task Send_clusterOutOfReach_endsWithinOneWait()
    {
        var sending = Send();
        replica.State = LeaseState.Stale;
        time.Advance(CommandSender.After);

        await Should.ThrowAsync<TimeoutException>(() => sending.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        calls.Count.ShouldBe(1);
    }

    private Task<int> Send() => new CommandSender(new ClusterReach([replica]), time).Send(() =>
    {
        var call = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        calls.Add(call);
        return call.Task;
    });

    // In small steps, as the clock of a next wait starts only once the wait has begun.
    private async Task Sent(int count)
    {
        while (calls.Count < count)
        {
            time.Advance(CommandSender.After / 10);
            await Task.Yield();
        }
    }
}
