using System.Buffers.Text;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Affinity;

/// <summary>
/// What affinity cookies say of instances: a code that only holders of the cluster's key can make, and that tells nobody what
/// instance it is. Codes are worked out once for each version of a service.
/// </summary>
internal sealed class AffinityTokens
{
    private const int Bytes = 16;

    private readonly ConditionalWeakTable<ServiceInstances, FrozenDictionary<string, RoutableInstance>> byService = [];
    private readonly ConditionalWeakTable<ServiceInstances, FrozenDictionary<string, RoutableInstance>>.CreateValueCallback codes;
    private volatile byte[]? key;

    public AffinityTokens() => codes = Codes;

    /// <summary>The cluster's key; null until it is known, and no cookies are set or read.</summary>
    public byte[]? Key
    {
        get => key;
        set
        {
            key = value;
            byService.Clear();
        }
    }

    /// <summary>The instance of a token, if it takes calls.</summary>
    public RoutableInstance? Find(ServiceInstances service, string token) =>
        key is null ? null : byService.GetValue(service, codes).GetValueOrDefault(token);

    /// <summary>The token of an instance; null while the key is not known.</summary>
    public string? Of(RoutableInstance instance) => key is { } known ? Code(known, instance) : null;

    private FrozenDictionary<string, RoutableInstance> Codes(ServiceInstances service) =>
        service.Routable.ToFrozenDictionary(instance => Code(key!, instance), StringComparer.Ordinal);

    private static string Code(byte[] key, RoutableInstance instance)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(instance.Key), mac);
        return Base64Url.EncodeToString(mac[..Bytes]);
    }
}
