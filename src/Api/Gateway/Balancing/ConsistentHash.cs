using System.IO.Hashing;
using System.Text;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// By the client's address or another key, on a ring of hashes (Karger et al. 1997): a client stays with its instance, and
/// when an instance comes or goes only its own share moves. All front doors have the same ring. With a bound, an instance that
/// is full sends its clients on to the next of the ring that is not (Mirrokni, Thorup and Zadimoghaddam 2016).
/// </summary>
/// <param name="hash">What requests go by.</param>
/// <param name="bound">How many times the mean of the requests in flight an instance may have; 0 for no bound.</param>
/// <param name="metrics">Where requests are counted that find their instance full.</param>
internal sealed class ConsistentHash(Func<GatewayCall, ulong> hash, double bound, BalanceMetrics metrics) : IBalancer
{
    /// <summary>Below this many requests in flight none is full: with few, the mean says nothing.</summary>
    public const int NeverFull = 8;

    private const int PointsPerInstance = 160;

    private readonly Derived<Ring> ring = new(service => new Ring(service));

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var instances = ring.Of(service);
        var place = instances.PlaceOf(hash(call));
        var own = instances[place];
        if (bound.CompareTo(0) == 0 || own.InFlight < NeverFull)
        {
            return own;
        }

        var next = instances.NextBelow(place, Capacity(service)) ?? own;
        if (!ReferenceEquals(next, own))
        {
            metrics.Spill(service.Name, "instance-full");
        }

        return next;
    }

    // Room for the request that is to come is counted in, so that there always is an instance that is not full.
    private int Capacity(ServiceInstances service)
    {
        var sum = 1L;
        foreach (var instance in service.Routable)
        {
            sum += instance.InFlight;
        }

        return Math.Max(NeverFull, (int)Math.Ceiling(bound * sum / service.Routable.Length));
    }

    private sealed class Ring
    {
        private readonly ulong[] points;
        private readonly RoutableInstance[] instances;

        public Ring(ServiceInstances service)
        {
            points = new ulong[service.Routable.Length * PointsPerInstance];
            instances = new RoutableInstance[points.Length];
            var place = 0;
            foreach (var instance in service.Routable)
            {
                var seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(instance.Instance.Id));
                for (var i = 0; i < PointsPerInstance; i++)
                {
                    points[place] = XxHash3.HashToUInt64(BitConverter.GetBytes(i), seed);
                    instances[place++] = instance;
                }
            }

            Array.Sort(points, instances);
        }

        public RoutableInstance this[int place] => instances[place];

        public int PlaceOf(ulong value)
        {
            var place = Array.BinarySearch(points, value);
            place = place < 0 ? ~place : place;
            return place == points.Length ? 0 : place;
        }

        public RoutableInstance? NextBelow(int place, int capacity)
        {
            for (var i = 0; i < instances.Length; i++)
            {
                var instance = instances[(place + i) % instances.Length];
                if (instance.InFlight < capacity)
                {
                    return instance;
                }
            }

            return null;
        }
    }
}
