using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Gateway;

/// <summary>
/// The plans of routes, made at a route's first request and kept as long as the route; and those of the automatic
/// routes, by service.
/// </summary>
internal sealed class RoutePlans : IKeptByService
{
    private readonly Balancers balancers;
    private readonly ImmutableArray<IStage> stages;
    private readonly Upstreams upstreams;
    private readonly ConditionalWeakTable<CompiledRoute, RoutePlan> explicitPlans = [];
    private readonly ConditionalWeakTable<CompiledRoute, RoutePlan>.CreateValueCallback make;
    private readonly Lazy<FrozenDictionary<string, RoutePlan>> modulePlans;
    private readonly ConcurrentDictionary<string, RoutePlan> autoPlans = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, RoutePlan>.AlternateLookup<ReadOnlySpan<char>> autoLookup;

    public RoutePlans(Balancers balancers, IEnumerable<IStage> stages, Upstreams upstreams, ModuleUpstreams modules)
    {
        this.balancers = balancers;
        this.upstreams = upstreams;
        this.stages = [.. stages];
        make = route => new RoutePlan(route, balancers, StepsOf(route), route.Document.Match.Path);
        autoLookup = autoPlans.GetAlternateLookup<ReadOnlySpan<char>>();
        modulePlans = new Lazy<FrozenDictionary<string, RoutePlan>>(() => modules.Modules.ToFrozenDictionary(
            module => module.Name, MakeDefault, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The plan of an explicit route.</summary>
    public RoutePlan Of(CompiledRoute route) => explicitPlans.GetValue(route, make);

    /// <summary>The default plan of the module that the path's first segment names, or null when there is none.</summary>
    public RoutePlan? OfModule(string? path)
    {
        var plans = modulePlans.Value;
        return plans.Count > 0 && plans.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(FirstSegment(path), out var plan) ? plan : null;
    }

    /// <summary>The plan of the service that the path's first segment names, or null when there is none.</summary>
    public RoutePlan? Automatic(string? path, RegistrySnapshot registry)
    {
        var name = FirstSegment(path);
        if (name.IsEmpty)
        {
            return null;
        }

        if (!autoLookup.TryGetValue(name, out var service, out var plan))
        {
            return registry.Services.TryGetValue(name.ToString(), out var found)
                ? autoPlans.GetOrAdd(found.Name, MakeAutomatic)
                : null;
        }

        return registry.Services.ContainsKey(service) ? plan : null;
    }

    /// <inheritdoc/>
    public void Sweep(ImmutableDictionary<string, ServiceInstances> services) => autoPlans.KeepOnly(services);

    private static ReadOnlySpan<char> FirstSegment(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return default;
        }

        var rest = path.AsSpan(1);
        var end = rest.IndexOf('/');
        return end < 0 ? rest : rest[..end];
    }

    private RoutePlan MakeAutomatic(string service)
    {
        var document = new RouteDocument
        {
            Id = $"auto:{service}",
            Match = new RouteMatch { Path = "/{service}/{**rest}" },
            To = new RouteTarget { Service = service },
            Rewrite = new RouteRewrite { RemovePrefix = $"/{service}" },
            Auth = RouteAuth.Anybody,
        };
        var route = new CompiledRoute(document);
        return new RoutePlan(route, balancers, StepsOf(route), $"/{service}/{{**rest}}", StringComparison.OrdinalIgnoreCase);
    }

    private RoutePlan MakeDefault(IServiceModule module)
    {
        var route = new CompiledRoute(module.Defaults);
        return new RoutePlan(route, balancers, StepsOf(route), module.Defaults.Match.Path, StringComparison.OrdinalIgnoreCase);
    }

    // From the last to the first, as each is given the one behind it.
    private GatewayStep StepsOf(CompiledRoute route)
    {
        var step = upstreams.Of(route);
        for (var i = stages.Length - 1; i >= 0; i--)
        {
            step = stages[i].Build(route, step);
        }

        return step;
    }
}
