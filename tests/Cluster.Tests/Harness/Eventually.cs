using System.Diagnostics;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>Waits for what other processes do, which no clock of this one decides.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="ask">Gives null while there is none.</param>
    /// <param name="patience">When to give up.</param>
    /// <param name="what">What is waited for, and anything that tells why it did not come.</param>
    public static async Task<T> Get<T>(Func<Task<T?>> ask, TimeSpan patience, Func<string> what) where T : class
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(what);
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        do
        {
            if (await ask() is { } answer)
            {
                return answer;
            }
        }
        while (Stopwatch.GetElapsedTime(started) < patience && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));

        throw new TimeoutException($"Not within {patience.TotalSeconds:0.#} s: {what()}");
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task Holds(Func<Task<bool>> condition, TimeSpan patience, Func<string> what) =>
        Get(async () => await condition() ? "yes" : null, patience, what);
}
