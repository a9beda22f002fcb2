namespace Gatehouse.Grains.Identity.Users;

/// <summary>What a user's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-state")]
internal sealed record UserState
{
    /// <summary>The user; null when there is none.</summary>
    [Id(0)] public User? User { get; init; }
}
