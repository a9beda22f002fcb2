using Gatehouse.Grains.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Gatehouse.Silo.Placement;

/// <summary>Chooses a grain's silo by <see cref="Rendezvous"/> hashing.</summary>
internal sealed class SpreadDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(Place(target.GrainIdentity, context.GetCompatibleSilos(target)));

    /// <summary>Where a grain belongs, whatever the order of the silos.</summary>
    public static SiloAddress Place(GrainId grain, SiloAddress[] silos)
    {
        Span<uint> hashes = silos.Length <= 64 ? stackalloc uint[silos.Length] : new uint[silos.Length];
        for (var index = 0; index < silos.Length; index++)
        {
            hashes[index] = (uint)silos[index].GetConsistentHashCode();
        }

        return silos[Rendezvous.Choose(grain.GetUniformHashCode(), hashes)];
    }
}
