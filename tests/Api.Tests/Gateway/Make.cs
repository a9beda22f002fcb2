using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>Makes what the views would hold.</summary>
internal static class Make
{
    public static Instance Entry(
        string id, string address = "http://localhost", string service = "BOOKS", int weight = 1, string zone = "", string? protocol = null, DateTimeOffset? upSince = null,
        InstanceStatus status = InstanceStatus.Up) =>
        new()
        {
            Service = service,
            Id = id,
            Address = address,
            Weight = weight,
            Zone = zone,
            UpSince = upSince,
            Status = status,
            Metadata = protocol is null
                ? ImmutableDictionary<string, string>.Empty
                : ImmutableDictionary<string, string>.Empty.Add("protocol", protocol),
        };

    public static RoutableInstance Routable(Instance instance) => new(instance, new InstanceLoad());

    public static ServiceInstances Service(params IEnumerable<Instance> entries) =>
        Service(entries.ToImmutableArray());

    private static ServiceInstances Service(ImmutableArray<Instance> entries) => new(
        entries.Length == 0 ? "BOOKS" : entries[0].Service,
        entries.ToFrozenDictionary(entry => entry.Id),
        [.. entries.Where(entry => entry.TakesCalls).Select(Routable)]);

    public static ServiceInstances Service(ImmutableArray<RoutableInstance> instances) => new(
        instances.IsEmpty ? "BOOKS" : instances[0].Instance.Service,
        instances.ToFrozenDictionary(instance => instance.Instance.Id, instance => instance.Instance),
        instances);

    public static RegistrySnapshot Registry(params IEnumerable<Instance> entries) => new(
        new ViewVersion(1, 1),
        RegistrySnapshot.Empty.Services.AddRange(entries
            .GroupBy(entry => entry.Service)
            .Select(group => KeyValuePair.Create(group.Key, Service(group)))));

    public static BalanceMetrics BalanceMetrics { get; } =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public static Peers Peers() => new(Options.Create(new GatehouseOptions()));

    /// <summary>A request that was matched by a route.</summary>
    public static GatewayCall Call(HttpContext? context = null, RouteDocument? route = null)
    {
        var traffic = new TrafficTable(Options.Create(new TrafficOptions()), TimeProvider.System);
        var balancers = new Balancers(
            Options.Create(new GatehouseOptions()), Peers(), traffic, BalanceMetrics, TimeProvider.System, Random.Shared);
        var plan = new RoutePlan(new CompiledRoute(route ?? Route("/{**rest}")), balancers, _ => default, "/{**rest}");
        return new GatewayCall(Stopwatch.GetTimestamp(), context ?? new DefaultHttpContext(), plan, "/", traffic);
    }

    public static RouteDocument Route(string path, string service = "BOOKS") => new()
    {
        Id = "route-" + Guid.NewGuid().ToString("N"),
        Match = new RouteMatch { Path = path },
        To = new RouteTarget { Service = service },
        Auth = RouteAuth.Anybody,
    };
}
