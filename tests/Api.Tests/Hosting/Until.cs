using System.Diagnostics;

namespace Gatehouse.Api.Tests.Hosting;

/// <summary>Waits for what happens in its own time.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Looks until the condition holds.</summary>
    public static Task Holds(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Holds(() => Task.FromResult(condition()));
    }

    /// <summary>Asks until the condition holds.</summary>
    public static async Task Holds(Func<Task<bool>> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
