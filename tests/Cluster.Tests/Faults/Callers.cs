using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Coherence;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// A load that never stops: clients that call services through the entry, one request after the other. Calls to services whose
/// instances stay must succeed; calls to those that come and go find out whether one that is gone is still called.
/// </summary>
internal sealed class Callers : IAsyncDisposable
{
    /// <summary>Clients of services that stay.</summary>
    public const int Steady = 4;

    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentQueue<string> failures = new();
    private readonly Entry entry;
    private readonly Task[] work;
    private long longestGap;
    private int requests;

    public Callers(Entry entry, IReadOnlyList<string> stable, IReadOnlyList<string> visiting)
    {
        this.entry = entry;
        work =
        [
            .. Enumerable.Range(0, Steady).Select(number => Call(stable, number, mustSucceed: true)),
            .. Enumerable.Range(0, 2).Select(number => Call(visiting, number, mustSucceed: false)),
        ];
    }

    public int Requests => Volatile.Read(ref requests);

    public IReadOnlyCollection<string> Failures => failures;

    /// <summary>The longest time between two answers to one client since the last call of this.</summary>
    public TimeSpan TakeLongestGap() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref longestGap, 0));

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(work);
        over.Dispose();
    }

    private async Task Call(IReadOnlyList<string> services, int number, bool mustSucceed)
    {
        var count = number;
        var last = Stopwatch.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            var service = services[count++ % services.Count];
            var failure = await Call(service);
            if (!mustSucceed)
            {
                await Task.Delay(1);
                continue;
            }

            Interlocked.Increment(ref requests);
            if (failure is not null)
            {
                failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {service}: {failure}");
                continue;
            }

            var now = Stopwatch.GetTimestamp();
            Longer(now - last);
            last = now;
        }
    }

    private async Task<string?> Call(string service)
    {
        try
        {
            using var response = await entry.Send(
                () => new HttpRequestMessage(HttpMethod.Get, $"/{service}/ping")
                {
                    Headers = { { CountingInstance.SentAtHeader, Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) } },
                },
                management: false,
                CancellationToken.None);
            return response.StatusCode == HttpStatusCode.OK ? null : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }
        // Whatever it is, the client has no answer.
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message} {e.InnerException?.Message}";
        }
    }

    private void Longer(long ticks)
    {
        var seen = Volatile.Read(ref longestGap);
        while (ticks > seen)
        {
            var before = Interlocked.CompareExchange(ref longestGap, ticks, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
