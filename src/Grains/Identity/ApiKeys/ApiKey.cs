using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.ApiKeys;

/// <summary>A machine client's key, without the key itself; also its entry in the <c>api-keys</c> view.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.api-key")]
public sealed record ApiKey
{
    /// <summary>The public part, by which it is found and named.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    [Id(1)] public string Name { get; init; } = "";

    /// <summary>The SHA-256 of the secret part, which has 256 random bits, in base64url.</summary>
    [Id(2)] public required string Hash { get; init; }

    /// <summary>What it may do.</summary>
    [Id(3)] public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>The roles that it has.</summary>
    [Id(4)] public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>When it was made.</summary>
    [Id(5)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; null for never.</summary>
    [Id(6)] public DateTimeOffset? ExpiresAt { get; init; }
}
