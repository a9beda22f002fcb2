namespace Gatehouse.Grains.Identity.Users;

/// <summary>What the grain of a claim keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-claim-state")]
internal sealed record UserClaimState
{
    /// <summary>The user; null when nobody.</summary>
    [Id(0)] public string? UserId { get; init; }

    /// <summary>Since when.</summary>
    [Id(1)] public DateTimeOffset ClaimedAt { get; init; }
}
