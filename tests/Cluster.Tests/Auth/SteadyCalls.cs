using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>Load: calls with a token that stays good, through every front door, one after the other with a little time in between.</summary>
internal sealed class SteadyCalls : IAsyncDisposable
{
    private const int CallersPerDoor = 2;

    // A load that left no core free would measure itself.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource over = new();
    private readonly ClientTokens client;
    private readonly Task[] work;
    private int calls;
    private int failed;

    public SteadyCalls(ClientTokens client, IReadOnlyList<GatehouseProcess> doors)
    {
        this.client = client;
        work = [.. doors.SelectMany(door => Enumerable.Range(0, CallersPerDoor).Select(_ => Call(door)))];
    }

    /// <summary>How many there were, and how many of them were not answered with 200.</summary>
    public (int Calls, int Failed) Counts => (Volatile.Read(ref calls), Volatile.Read(ref failed));

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(work);
        over.Dispose();
    }

    private async Task Call(GatehouseProcess door)
    {
        var token = await client.Issue(door);
        var until = TimeProvider.System.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            // Tokens live for five minutes.
            if (TimeProvider.System.GetElapsedTime(until) > TimeSpan.FromMinutes(4))
            {
                token = await client.Issue(door);
                until = TimeProvider.System.GetTimestamp();
            }

            var status = await ClientTokens.Use(door, token);
            Interlocked.Increment(ref calls);
            if (status != HttpStatusCode.OK)
            {
                Interlocked.Increment(ref failed);
            }

            await Task.Delay(Pause);
        }
    }
}
