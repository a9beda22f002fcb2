using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>Now and then gives up the counts of services and instances that are no longer registered.</summary>
internal sealed class CircuitSweep(CircuitTable table, IReplica<RegistrySnapshot> registry, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var services = registry.Current.Services;
            table.Sweep(
                (service, instance) => services.TryGetValue(service, out var known) && known.All.ContainsKey(instance),
                services.ContainsKey);
        }
    }
}
