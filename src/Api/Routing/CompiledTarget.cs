using System.Collections.Immutable;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing;

/// <summary>A route's service, or its services with their weights added up.</summary>
public sealed class CompiledTarget
{
    private readonly ImmutableArray<int> upTo;

    /// <summary>Compiles a target of a valid document.</summary>
    public CompiledTarget(RouteTarget target)
    {
        if (target.Service is { } service)
        {
            Services = [service.ToUpperInvariant()];
            return;
        }

        // A side without weight takes nothing, so it is left out here.
        var sides = target.Split.Where(side => side.Weight > 0).ToArray();
        Services = [.. sides.Select(side => side.Service.ToUpperInvariant())];
        var sum = 0;
        upTo = [.. sides.Select(side => sum += side.Weight)];
    }

    /// <summary>The names of the services that can be picked, upper-case as the registry has them.</summary>
    public ImmutableArray<string> Services { get; }

    /// <summary>The service for one request: by weight when there are several.</summary>
    public string Pick(Random random)
    {
        if (Services.Length == 1)
        {
            return Services[0];
        }

        var ticket = random.Next(upTo[^1]);
        var side = 0;
        while (ticket >= upTo[side])
        {
            side++;
        }

        return Services[side];
    }
}
