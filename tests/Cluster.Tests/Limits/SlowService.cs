using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Limits;

/// <summary>A service that takes its time, and tells how many requests it had at once at most.</summary>
internal sealed class SlowService(TimeSpan takes) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private LocalService service = null!;
    private int now;

    public Uri Address => service.Address;

    public int MostAtOnce { get; private set; }

    public static async Task<SlowService> Start(TimeSpan takes)
    {
        var slow = new SlowService(takes);
        slow.service = await LocalService.Start(_ => slow.Answer());
        return slow;
    }

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    private async Task Answer()
    {
        Count(1);
        await Task.Delay(takes);
        Count(-1);
    }

    private void Count(int change)
    {
        lock (gate)
        {
            now += change;
            MostAtOnce = Math.Max(MostAtOnce, now);
        }
    }
}
