using System.Collections.Immutable;
using Gatehouse.Grains.Registry;
using k8s;
using k8s.Models;

namespace Gatehouse.Silo.Discovery;

/// <summary>
/// The EndpointSlices of a namespace as they are now, and the instances they make. Pure.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>The service is the slice's Service, or what its label <c>gatehouse.dev/service</c> says.</item>
/// <item>The port is the one that the label <c>gatehouse.dev/port</c> names; else <c>https</c>, <c>http</c>, or the first.</item>
/// <item>A pod that is not ready is down; one that is on its way out is not there.</item>
/// </list>
/// </remarks>
internal sealed class EndpointSlices(TimeSpan lease)
{
    private const string ServiceName = "kubernetes.io/service-name";
    private const string NameLabel = "gatehouse.dev/service";
    private const string PortLabel = "gatehouse.dev/port";

    private readonly Dictionary<string, V1EndpointSlice> slices = [];

    /// <summary>Takes a whole list for what there is.</summary>
    public void Replace(IEnumerable<V1EndpointSlice> all)
    {
        slices.Clear();
        foreach (var slice in all)
        {
            slices[slice.Metadata.Name] = slice;
        }
    }

    /// <summary>Takes a change.</summary>
    public void Apply(WatchEventType type, V1EndpointSlice slice)
    {
        if (type == WatchEventType.Deleted)
        {
            slices.Remove(slice.Metadata.Name);
        }
        else if (type is WatchEventType.Added or WatchEventType.Modified)
        {
            slices[slice.Metadata.Name] = slice;
        }
    }

    /// <summary>The instances, by their key in the registry.</summary>
    public ImmutableDictionary<string, Instance> Instances()
    {
        var instances = ImmutableDictionary.CreateBuilder<string, Instance>();
        foreach (var slice in slices.Values)
        {
            if (NameOf(slice) is not { } service || PortOf(slice) is not { Port: { } port } chosen)
            {
                continue;
            }

            foreach (var endpoint in slice.Endpoints ?? [])
            {
                // One that is moving from slice to slice may be in both for a moment.
                if (Read(service, slice, endpoint, chosen, port) is { } instance
                    && !(instances.TryGetValue(instance.Key, out var known) && known.Status == InstanceStatus.Up))
                {
                    instances[instance.Key] = instance;
                }
            }
        }

        return instances.ToImmutable();
    }

    private static string? NameOf(V1EndpointSlice slice)
    {
        var labels = slice.Metadata.Labels ?? ImmutableDictionary<string, string>.Empty;
        return labels.TryGetValue(NameLabel, out var name) || labels.TryGetValue(ServiceName, out name) ? name.ToUpperInvariant() : null;
    }

    private static Discoveryv1EndpointPort? PortOf(V1EndpointSlice slice)
    {
        var ports = (slice.Ports ?? []).Where(port => port.Protocol is null or "TCP").ToArray();
        return slice.Metadata.Labels?.TryGetValue(PortLabel, out var name) == true
            ? Array.Find(ports, port => port.Name == name)
            : Array.Find(ports, port => port.Name == "https") ?? Array.Find(ports, port => port.Name == "http") ?? ports.FirstOrDefault();
    }

    private static bool IsHttps(Discoveryv1EndpointPort port) => port.AppProtocol is null
        ? port.Name == "https"
        : port.AppProtocol.Equals("https", StringComparison.OrdinalIgnoreCase);

    private Instance? Read(string service, V1EndpointSlice slice, V1Endpoint endpoint, Discoveryv1EndpointPort chosen, int port)
    {
        // Of several addresses, which are of one pod, consumers take the first.
        if (endpoint.Conditions?.Terminating == true || endpoint.Addresses is not [{ } address, ..])
        {
            return null;
        }

        return new Instance
        {
            Service = service,
            Id = endpoint.TargetRef?.Name ?? address,
            Address = new UriBuilder(IsHttps(chosen) ? "https" : "http", address, port).Uri.GetLeftPart(UriPartial.Authority),
            Zone = endpoint.Zone ?? "",
            // Not said means ready.
            Status = endpoint.Conditions?.Ready == false ? InstanceStatus.Down : InstanceStatus.Up,
            Lease = lease,
            Metadata = ImmutableDictionary.CreateRange(new[]
            {
                KeyValuePair.Create("kubernetes.namespace", slice.Metadata.NamespaceProperty ?? ""),
                KeyValuePair.Create("kubernetes.node", endpoint.NodeName ?? ""),
            }.Where(pair => pair.Value.Length > 0)),
        };
    }
}
