using Gatehouse.Api.Gateway.Circuits;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Circuits;

/// <summary>What is counted, and how long.</summary>
public sealed class CallWindowTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Count_has_what_happened_within_the_span()
    {
        var window = new CallWindow(TimeSpan.FromSeconds(10), time);
        window.Succeeded();
        time.Advance(TimeSpan.FromSeconds(5));
        window.Failed();
        window.Count().ShouldBe((2, 1));

        time.Advance(TimeSpan.FromSeconds(6));
        window.Count().ShouldBe((1, 1));
        time.Advance(TimeSpan.FromSeconds(5));
        window.Count().ShouldBe((0, 0));
    }

    [Fact]
    public void Count_after_a_long_silence_begins_anew()
    {
        var window = new CallWindow(TimeSpan.FromSeconds(1), time);
        for (var i = 0; i < 40; i++)
        {
            window.Failed();
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        time.Advance(TimeSpan.FromHours(1));
        window.Succeeded();
        window.Count().ShouldBe((1, 0));
    }

    [Fact]
    public void Clear_forgets_everything()
    {
        var window = new CallWindow(TimeSpan.FromSeconds(1), time);
        window.Failed();
        window.Clear();
        window.Count().ShouldBe((0, 0));
    }

    [Fact]
    public async Task No_call_is_lost_when_many_count_at_once()
    {
        var window = new CallWindow(TimeSpan.FromHours(1), time);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                window.Failed();
                window.Succeeded();
            }
        })));

        window.Count().ShouldBe((80_000, 40_000));
    }
}
