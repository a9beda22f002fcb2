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

    // A load that left no core free would measure itself; the long run has many requests to make.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(Repetitions.Long is null ? 50 : 4);

    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentQueue<string> failures = new();
    private readonly Entry entry;
    private readonly Task[] work;
    private readonly Longest gap = new();
    private readonly long[] answered = new long[Steady];
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
    public TimeSpan TakeLongestGap() => gap.Take().Time;

    /// <summary>Whether every client has been answered since a moment.</summary>
    public bool AllAnsweredSince(long moment) => Enumerable.Range(0, Steady).All(number => Volatile.Read(ref answered[number]) > moment);

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
            await Task.Delay(Pause);
            if (!mustSucceed)
            {
                continue;
            }

            Interlocked.Increment(ref requests);
            if (failure is not null)
            {
                failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {service}: {failure}");
                continue;
            }

            gap.Add(last, service);
            last = Stopwatch.GetTimestamp();
            Volatile.Write(ref answered[number], last);
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
}
