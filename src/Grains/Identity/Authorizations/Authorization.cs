using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Authorizations;

/// <summary>
/// What a user, or a client for itself, was granted once; the root of a family of tokens. Revoked, it takes all of them
/// with it by one write.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.authorizations.authorization")]
public sealed record Authorization
{
    /// <summary>The client that it was granted to.</summary>
    [Id(0)] public string? ClientId { get; init; }

    /// <summary>Who granted it.</summary>
    [Id(1)] public string? Subject { get; init; }

    /// <summary>The session it was granted in; null when there was none.</summary>
    [Id(2)] public string? SessionId { get; init; }

    /// <summary>What was granted.</summary>
    [Id(3)] public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>Its kind, by OpenIddict's names.</summary>
    [Id(4)] public string? Type { get; init; }

    /// <summary>When it was granted.</summary>
    [Id(5)] public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether no token of the family is worth anything any more.</summary>
    [Id(6)] public bool Revoked { get; init; }
}
