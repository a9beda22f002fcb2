namespace Gatehouse.Grains.Identity.Tokens;

/// <summary>
/// A token that its bearer only has a reference to: a code, a refresh token, a device or user code, a pushed request.
/// Access tokens are not among them: they are read, not looked up.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.tokens.token")]
public sealed record Token
{
    /// <summary>What kind of token it is, by OpenIddict's names.</summary>
    [Id(0)] public string? Type { get; init; }

    /// <summary>Whether it is valid, redeemed, revoked …, by OpenIddict's names.</summary>
    [Id(1)] public string? Status { get; init; }

    /// <summary>The client it was issued to.</summary>
    [Id(2)] public string? ClientId { get; init; }

    /// <summary>What it was granted by: all tokens of a family have the same.</summary>
    [Id(3)] public string? AuthorizationId { get; init; }

    /// <summary>Who it is about.</summary>
    [Id(4)] public string? Subject { get; init; }

    /// <summary>The protected content.</summary>
    [Id(5)] public string? Payload { get; init; }

    /// <summary>When it was made.</summary>
    [Id(6)] public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it is worth nothing any more.</summary>
    [Id(7)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was redeemed.</summary>
    [Id(8)] public DateTimeOffset? RedeemedAt { get; init; }

    /// <summary>Counts the writes; 0 before the first.</summary>
    [Id(9)] public long Version { get; init; }
}
