using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// What stands in front of the front doors in production: turn by turn to each that says it is serving, asked several times a
/// second. A connection that cannot be made is made to another; a request that was sent is never sent again.
/// </summary>
internal sealed class Entry : IAsyncDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource over = new();
    private readonly Func<IReadOnlyList<GatehouseProcess>> doors;
    private readonly Task checking;
    private volatile GatehouseProcess[] serving;
    private int turn;

    public Entry(Func<IReadOnlyList<GatehouseProcess>> doors)
    {
        this.doors = doors;
        serving = [.. doors()];
        checking = Check();
    }

    /// <summary>Those that are sent to.</summary>
    public IReadOnlyList<GatehouseProcess> Serving => serving;

    /// <summary>Sends a request by the next front door.</summary>
    public async Task<HttpResponseMessage> Send(Func<HttpRequestMessage> request, bool management, CancellationToken cancel)
    {
        var attempt = 0;
        while (true)
        {
            var now = serving;
            if (now.Length == 0)
            {
                await Task.Delay(10, cancel);
                continue;
            }

            var door = now[(uint)Interlocked.Increment(ref turn) % now.Length];
            using var message = request();
            try
            {
                return await (management ? door.Management : door.Public).SendAsync(message, cancel);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError && attempt++ < 2)
            {
                // Never reached a front door.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await checking;
        over.Dispose();
    }

    private async Task Check()
    {
        using var timer = new PeriodicTimer(CheckEvery);
        while (!over.IsCancellationRequested)
        {
            var all = doors();
            var good = await Task.WhenAll(all.Select(IsServing));
            serving = [.. all.Where((_, index) => good[index])];
            await timer.WaitForNextTickAsync(over.Token).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task<bool> IsServing(GatehouseProcess door)
    {
        if (door.Process.HasExited)
        {
            return false;
        }

        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            using var response = await door.Management.GetAsync("/health/serving", patience.Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
