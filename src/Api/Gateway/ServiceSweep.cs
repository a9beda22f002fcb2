using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Gateway;

/// <summary>What is kept for each service, and given up when the service is no longer registered.</summary>
internal interface IKeptByService
{
    /// <summary>Gives up what is kept for others than these.</summary>
    void Sweep(ImmutableDictionary<string, ServiceInstances> services);
}

/// <summary>What is kept in a dictionary by the service's name.</summary>
internal static class KeptByService
{
    /// <summary>Takes out what is of other services than these.</summary>
    public static void KeepOnly<T>(this ConcurrentDictionary<string, T> kept, ImmutableDictionary<string, ServiceInstances> services)
    {
        foreach (var service in kept.Keys.Where(service => !services.ContainsKey(service)))
        {
            kept.TryRemove(service, out _);
        }
    }
}

/// <summary>Now and then gives up what is kept for services that are gone: a registry that changes for ever costs no memory.</summary>
internal sealed class ServiceSweep(IEnumerable<IKeptByService> kept, IReplica<RegistrySnapshot> registry, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly ImmutableArray<IKeptByService> kept = [.. kept];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var services = registry.Current.Services;
            foreach (var one in kept)
            {
                one.Sweep(services);
            }
        }
    }
}
