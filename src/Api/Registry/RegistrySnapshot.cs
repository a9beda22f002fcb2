using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Registry;

/// <summary>All services and instances at one version of the <c>registry</c> view.</summary>
/// <param name="Version">The view's version.</param>
/// <param name="Services">The services by name; names are compared without case.</param>
public sealed record RegistrySnapshot(ViewVersion Version, ImmutableDictionary<string, ServiceInstances> Services)
{
    /// <summary>No services.</summary>
    public static RegistrySnapshot Empty { get; } = new(
        ViewVersion.None,
        ImmutableDictionary.Create<string, ServiceInstances>(StringComparer.OrdinalIgnoreCase));
}

/// <summary>A service's instances at one version of the view. Immutable, made anew only when one of them changes.</summary>
/// <param name="Name">The service's name, upper-case.</param>
/// <param name="All">Every entry by instance id, those removed lately too.</param>
/// <param name="Routable">
/// The instances a balancer picks from: up and sure; when there are none, up and suspect. Ordered by id.
/// </param>
public sealed record ServiceInstances(
    string Name,
    FrozenDictionary<string, Instance> All,
    ImmutableArray<RoutableInstance> Routable);
