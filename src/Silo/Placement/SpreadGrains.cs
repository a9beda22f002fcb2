using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gatehouse.Grains.Placement;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Gatehouse.Silo.Placement;

/// <summary>Keeps the activations of this silo that are spread evenly.</summary>
internal sealed class SpreadGrains : IConfigureGrainContextProvider, IConfigureGrainContext
{
    private readonly ConcurrentDictionary<IGrainContext, byte> activations = new(ReferenceEqualityComparer.Instance);

    public ICollection<IGrainContext> Activations => activations.Keys;

    public bool TryGetConfigurator(GrainType grainType, GrainProperties properties, [NotNullWhen(true)] out IConfigureGrainContext? configurator)
    {
        configurator = SpreadEvenly.IsOf(properties) ? this : null;
        return configurator is not null;
    }

    public void Configure(IGrainContext context)
    {
        activations[context] = 0;
        _ = context.Deactivated.ContinueWith(_ => activations.TryRemove(context, out byte _), TaskScheduler.Default);
    }
}
