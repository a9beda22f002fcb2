using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>Makes what the views would hold.</summary>
internal static class Make
{
    public static Instance Entry(
        string id, string address = "http://localhost", string service = "BOOKS", int weight = 1, string zone = "", string? protocol = null) =>
        new()
        {
            Service = service,
            Id = id,
            Address = address,
            Weight = weight,
            Zone = zone,
            Metadata = protocol is null
                ? ImmutableDictionary<string, string>.Empty
                : ImmutableDictionary<string, string>.Empty.Add("protocol", protocol),
        };

    public static RoutableInstance Routable(Instance instance) => new(instance, new InstanceLoad());

    public static ServiceInstances Service(params IEnumerable<Instance> entries) =>
        Service([.. entries.Select(Routable)]);

    public static ServiceInstances Service(ImmutableArray<RoutableInstance> instances) => new(
        instances.IsEmpty ? "BOOKS" : instances[0].Instance.Service,
        instances.ToFrozenDictionary(instance => instance.Instance.Id, instance => instance.Instance),
        instances);

    public static RegistrySnapshot Registry(params IEnumerable<Instance> entries) => new(
        new ViewVersion(1, 1),
        RegistrySnapshot.Empty.Services.AddRange(entries
            .GroupBy(entry => entry.Service)
            .Select(group => KeyValuePair.Create(group.Key, Service(group)))));

    public static RouteDocument Route(string path, string service = "BOOKS") => new()
    {
        Id = "route-" + Guid.NewGuid().ToString("N"),
        Match = new RouteMatch { Path = path },
        To = new RouteTarget { Service = service },
        Auth = RouteAuth.Anybody,
    };
}
