using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>All circuits that are not as all are at first, by key, at one version of the <c>circuits</c> view.</summary>
/// <param name="Circuits">The circuits.</param>
internal sealed record CircuitSnapshot(ImmutableDictionary<string, CircuitEntry> Circuits)
{
    public static CircuitSnapshot Empty { get; } = new(ImmutableDictionary<string, CircuitEntry>.Empty);
}

/// <summary>Tells the <see cref="CircuitTable"/>, which requests read, what the view has.</summary>
internal sealed class CircuitProjection(CircuitTable table) : IViewProjection<CircuitSnapshot>
{
    public CircuitSnapshot Empty => CircuitSnapshot.Empty;

    public CircuitSnapshot Apply(CircuitSnapshot current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var circuits = (replace ? Empty : current).Circuits.ToBuilder();
        foreach (var service in changes.GroupBy(change => ServiceOf(change.Key), StringComparer.Ordinal))
        {
            table.Of(service.Key).Apply(
                service.Select(change => (InstanceOf(change.Key), change.Value as CircuitEntry)), replace);
        }

        foreach (var change in changes)
        {
            if (change.Value is CircuitEntry circuit)
            {
                circuits[change.Key] = circuit;
            }
            else
            {
                circuits.Remove(change.Key);
            }
        }

        if (replace)
        {
            var named = changes.Select(change => ServiceOf(change.Key)).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in current.Circuits.Keys.Select(ServiceOf).Where(service => !named.Contains(service)).Distinct())
            {
                table.Of(gone).Apply([], replace: true);
            }
        }

        return new CircuitSnapshot(circuits.ToImmutable());
    }

    // Names of services have no slash.
    private static string ServiceOf(string key) => key.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? key[..slash] : key;

    private static string InstanceOf(string key) => key.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? key[(slash + 1)..] : "";
}
