using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Gatehouse.Grains.Identity.Keys;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Auth.Keys;

/// <summary>The keys that tokens are signed with, as one front door knows them. Immutable.</summary>
internal sealed class SigningKeyRing
{
    /// <summary>No keys: the view was not received yet.</summary>
    public static readonly SigningKeyRing Empty = new([]);

    private readonly FrozenDictionary<string, RingKey> byId;

    public SigningKeyRing(ImmutableArray<RingKey> keys)
    {
        Keys = keys;
        byId = keys.ToFrozenDictionary(key => key.Id, StringComparer.Ordinal);
        PublicKeys = [.. keys.Select(key => key.PublicKey)];
    }

    /// <summary>All keys: what any of them signed is accepted, and all are published.</summary>
    public ImmutableArray<RingKey> Keys { get; }

    /// <summary>The public keys of <see cref="Keys"/>, each with its <c>kid</c>.</summary>
    public IReadOnlyList<SecurityKey> PublicKeys { get; }

    /// <summary>Whether there is a key to sign with by every algorithm.</summary>
    public bool CanSign => Array.TrueForAll(Enum.GetValues<SigningAlgorithm>(), algorithm => Signing(algorithm) is not null);

    /// <summary>The key of a <c>kid</c>.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out RingKey? key) => byId.TryGetValue(id, out key);

    /// <summary>What to sign with now; null before the first keys are known.</summary>
    public SigningCredentials? Signing(SigningAlgorithm algorithm) =>
        Keys.FirstOrDefault(key => key.Algorithm == algorithm && key is { Status: SigningKeyStatus.Active, Signing: not null })?.Signing;
}
