using Orleans.Runtime;

namespace Gatehouse.Api.Admin.Health;

/// <summary>
/// Whether the cluster answers. One grain call at a time and at most one a second, however many probes ask.
/// </summary>
internal sealed class ClusterCheck(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task<HealthCheck>? running;
    private long startedAt;

    public Task<HealthCheck> Run()
    {
        lock (gate)
        {
            if (running is null || (running.IsCompleted && time.GetElapsedTime(startedAt) >= Fresh))
            {
                startedAt = time.GetTimestamp();
                running = Ask();
            }

            return running;
        }
    }

    private async Task<HealthCheck> Ask()
    {
        try
        {
            var silos = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(Patience, time);
            return new("cluster", silos.Count > 0, $"active silos: {silos.Count}");
        }
        // Whatever the reason, the cluster did not answer.
        catch (Exception e)
        {
            return new("cluster", false, e is TimeoutException ? "the cluster did not answer in time" : "the cluster cannot be reached");
        }
    }
}
