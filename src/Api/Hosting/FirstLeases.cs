using Gatehouse.Api.Views;

namespace Gatehouse.Api.Hosting;

/// <summary>Waits after the start until this front door knows the routes and the instances: a few seconds at most.</summary>
internal static class FirstLeases
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <returns>Whether every view is leased.</returns>
    public static async Task<bool> Wait(IServiceProvider services, CancellationToken stopping)
    {
        var replicas = services.GetServices<IReplicaStatus>().ToArray();
        var time = services.GetRequiredService<TimeProvider>();
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (!Array.TrueForAll(replicas, replica => replica.State == LeaseState.Leased))
        {
            if (stopping.IsCancellationRequested || time.GetElapsedTime(started) >= Patience)
            {
                return false;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return true;
    }
}
