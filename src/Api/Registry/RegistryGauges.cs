using System.Diagnostics.Metrics;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>What this front door sees of the registry, on meter <c>Gatehouse.Registry</c>.</summary>
internal sealed class RegistryGauges(IMeterFactory meters, IReplica<RegistrySnapshot> registry) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create("Gatehouse.Registry");
        meter.CreateObservableGauge("gatehouse.registry.instances", Instances, "{instance}", "Registered instances, by status.");
        meter.CreateObservableGauge("gatehouse.registry.services", () => registry.Current.Services.Count, "{service}", "Services in the view.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<int>> Instances() => registry.Current.Services.Values
        .SelectMany(service => service.All.Values)
        .Where(instance => instance.Action != InstanceAction.Deleted)
        .GroupBy(instance => instance.Suspect ? "suspect" : RegistryNames.Of(instance.Status))
        .Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("status", group.Key)));
}
