using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing;

/// <summary>A route's service, or its services with their weights added up.</summary>
public sealed class CompiledTarget
{
    private readonly ImmutableArray<int> upTo;
    private readonly ImmutableArray<(ulong Seed, double Weight)> sides;

    /// <summary>Compiles a target of a valid document.</summary>
    public CompiledTarget(RouteTarget target)
    {
        if (target.Service is { } service)
        {
            Services = [service.ToUpperInvariant()];
            return;
        }

        // A side without weight takes nothing, so it is left out here.
        var taking = target.Split.Where(side => side.Weight > 0).ToArray();
        Services = [.. taking.Select(side => side.Service.ToUpperInvariant())];
        var sum = 0;
        upTo = [.. taking.Select(side => sum += side.Weight)];
        sides = [.. taking.Zip(Services, (side, service) => (XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(service)), (double)side.Weight))];
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

    /// <summary>
    /// The service for all requests with a key, by weighted rendezvous hashing (Thaler and Ravishankar 1998): of one side's
    /// weight raised, only keys that come to that side move.
    /// </summary>
    public string Pick(ulong key)
    {
        var picked = 0;
        var best = double.NegativeInfinity;
        for (var side = 0; side < sides.Length; side++)
        {
            var score = Math.Log(Fraction(key ^ sides[side].Seed)) / sides[side].Weight;
            if (score > best)
            {
                best = score;
                picked = side;
            }
        }

        return Services[picked];
    }

    // Between 0 and 1, neither of them; the bits are mixed by the finish of SplitMix64.
    private static double Fraction(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;
        return ((bits >> 12) + 0.5) * (1.0 / (1UL << 52));
    }
}
