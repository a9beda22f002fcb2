using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Revocations;

namespace Gatehouse.Api.Auth.Revocations;

/// <summary>The revocations of one shard at one version of its view.</summary>
/// <param name="Entries">The revocations by key.</param>
internal sealed record RevocationList(ImmutableDictionary<string, Revocation> Entries)
{
    /// <summary>No revocations.</summary>
    public static RevocationList Empty { get; } = new(ImmutableDictionary.Create<string, Revocation>(StringComparer.Ordinal));

    /// <summary>Whether a token that bears the key is revoked.</summary>
    /// <param name="key">The key, one of this shard.</param>
    /// <param name="issuedAt">When the token was issued, in seconds since 1970.</param>
    public bool Covers(string key, long issuedAt) =>
        !Entries.IsEmpty && Entries.TryGetValue(key, out var revocation) && revocation.Covers(key, issuedAt);
}
