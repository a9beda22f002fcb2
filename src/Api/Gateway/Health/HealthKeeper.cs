using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Health;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Health;

/// <summary>
/// Tells the grains that probe instances what to probe, by the routes and the registry: soon after either changes, and again
/// and again, so that they live on after the death of their silo.
/// </summary>
internal sealed partial class HealthKeeper(
    IReplica<RouteTable> routes,
    IReplica<RegistrySnapshot> registry,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<HealthKeeper> logger) : BackgroundService
{
    // Several changes that come together are one.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private (RouteTable Routes, RegistrySnapshot Registry) told = (RouteTable.Empty, RegistrySnapshot.Empty);
    private ImmutableDictionary<string, RouteHealth> rules = ImmutableDictionary<string, RouteHealth>.Empty;

    /// <summary>How each service is probed: of several routes, the first by id says.</summary>
    internal static ImmutableDictionary<string, RouteHealth> RulesOf(RouteTable routes) => routes.Routes.Values
        .Where(route => route.Document.Health is not null)
        .OrderBy(route => route.Id, StringComparer.Ordinal)
        .SelectMany(route => route.Target.Services.Select(service => (Service: service.ToUpperInvariant(), Rule: route.Document.Health!)))
        .DistinctBy(rule => rule.Service)
        .ToImmutableDictionary(rule => rule.Service, rule => rule.Rule, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Settle, time);
        var toldAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = (Routes: routes.Current, Registry: registry.Current);
            var changed = !ReferenceEquals(now.Routes, told.Routes) || (!rules.IsEmpty && !ReferenceEquals(now.Registry, told.Registry));
            if (!changed && time.GetElapsedTime(toldAt) < IHealthGrain.RepeatEvery)
            {
                continue;
            }

            var before = rules;
            rules = ReferenceEquals(now.Routes, told.Routes) ? rules : RulesOf(now.Routes);
            told = now;
            toldAt = time.GetTimestamp();
            await Task.WhenAll(rules.Keys.Union(before.Keys).Select(service => Tell(service, now.Routes, now.Registry)));
        }
    }

    private async Task Tell(string service, RouteTable routes, RegistrySnapshot registry)
    {
        var rule = rules.GetValueOrDefault(service);
        var instances = rule is not null && registry.Services.TryGetValue(service, out var known) ? known.All.Values : [];
        var plan = new HealthPlan(
            routes.Version,
            registry.Version,
            rule,
            [
                .. instances.Where(instance => instance.TakesCalls).OrderBy(instance => instance.Id, StringComparer.Ordinal)
                    .Select(instance => new ProbedInstance(instance.Id, instance.Address, SpeaksHttp2(instance.Metadata))),
            ]);
        try
        {
            await grains.GetGrain<IHealthGrain>(service).Keep(plan);
        }
        // Told again soon.
        catch (Exception e)
        {
            Log.NotTold(logger, service, e);
        }
    }

    private static bool SpeaksHttp2(ImmutableDictionary<string, string> metadata) =>
        metadata.TryGetValue(UpstreamClient.ProtocolKey, out var protocol) && protocol is "h2c" or "h2";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What to probe of {Service} could not be told; it is told again")]
        public static partial void NotTold(ILogger logger, string service, Exception cause);
    }
}
