using System.IO.Hashing;
using System.Net;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// By the client's address, on a ring of hashes (Karger et al. 1997): a client stays with its instance, and when an
/// instance comes or goes only its own share moves. All front doors have the same ring.
/// </summary>
internal sealed class ConsistentHash(Func<HttpContext, IPAddress?> clientOf) : IBalancer
{
    private const int PointsPerInstance = 160;

    private readonly Derived<Ring> ring = new(service => new Ring(service));

    public RoutableInstance? Pick(ServiceInstances service, HttpContext context)
    {
        Span<byte> key = stackalloc byte[16];
        var length = 0;
        clientOf(context)?.TryWriteBytes(key, out length);
        return ring.Of(service).Find(XxHash3.HashToUInt64(key[..length]));
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
                var seed = (long)XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(instance.Instance.Id));
                for (var i = 0; i < PointsPerInstance; i++)
                {
                    points[place] = XxHash3.HashToUInt64(BitConverter.GetBytes(i), seed);
                    instances[place++] = instance;
                }
            }

            Array.Sort(points, instances);
        }

        public RoutableInstance Find(ulong hash)
        {
            var place = Array.BinarySearch(points, hash);
            place = place < 0 ? ~place : place;
            return instances[place == points.Length ? 0 : place];
        }
    }
}
