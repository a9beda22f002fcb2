using System.Collections.Concurrent;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>Takes the heartbeats that come by HTTP to the grains of their services, in batches.</summary>
internal sealed class Heartbeats(IGrainFactory grains, IReplica<RegistrySnapshot> registry) : IHeartbeats
{
    private readonly ConcurrentDictionary<string, ServiceBeats> services = new(StringComparer.Ordinal);

    /// <summary>Renews a lease.</summary>
    /// <param name="service">The service, in any case.</param>
    /// <param name="beat">The heartbeat.</param>
    public ValueTask<BeatOutcome> Beat(string service, Heartbeat beat)
    {
        if (registry.Current.Services.TryGetValue(service, out var known))
        {
            return Of(known.Name).Beat(beat);
        }

        // A registration returns only once it is here. Names nobody registered must not cost a grain each.
        if (registry.State == LeaseState.Leased)
        {
            return ValueTask.FromResult(BeatOutcome.RegisterAgain);
        }

        return BeatWhenKnown(service, beat);
    }

    private async ValueTask<BeatOutcome> BeatWhenKnown(string service, Heartbeat beat)
    {
        var snapshot = await registry.Read();
        if (snapshot.Services.TryGetValue(service, out var known))
        {
            return await Of(known.Name).Beat(beat);
        }

        if (registry.State == LeaseState.Leased)
        {
            return BeatOutcome.RegisterAgain;
        }

        // Cut off, or started a moment ago: only the grain knows. Not kept by name, as the name may be anyone's.
        var outcomes = await grains.GetGrain<IServiceGrain>(service.ToUpperInvariant()).Beat([beat]);
        return outcomes[0];
    }

    private ServiceBeats Of(string service) => services.GetOrAdd(
        service,
        static (name, grains) => new ServiceBeats(
            grains.GetGrain<IServiceGrain>(name).Beat,
            static batch => ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false)),
        grains);
}
