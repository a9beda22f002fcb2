using Gatehouse.Api.Commands;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Commands;

public sealed class ResendTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<TaskCompletionSource<int>> calls = [];

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
        for (var sent = 2; sent <= 5; sent++)
        {
            await Sent(sent);
        }

        time.Advance(Resend.After * 10);
        calls.Count.ShouldBe(5);
        foreach (var call in calls)
        {
            call.SetException(new TimeoutException());
        }

        await Should.ThrowAsync<TimeoutException>(sending);
    }

    private Task<int> Send() => Resend.Send(
        () =>
        {
            var call = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            calls.Add(call);
            return call.Task;
        },
        time);

    // In small steps, as the clock of a next wait starts only once the wait has begun.
    private async Task Sent(int count)
    {
        while (calls.Count < count)
        {
            time.Advance(Resend.After / 10);
            await Task.Yield();
        }
    }
}
