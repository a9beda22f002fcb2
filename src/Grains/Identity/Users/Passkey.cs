using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>A public key credential (WebAuthn).</summary>
/// <param name="Id">The credential's id, base64url.</param>
/// <param name="PublicKey">The public key, COSE.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="SignCount">How often it was used, as it says.</param>
/// <param name="Transports">How browsers reach it.</param>
/// <param name="UserVerified">Whether it verified its user when it was made.</param>
/// <param name="BackupEligible">Whether it may be kept on several devices.</param>
/// <param name="BackedUp">Whether it is.</param>
/// <param name="Attestation">What it was made with.</param>
/// <param name="ClientData">What the browser said when it was made.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.passkey")]
public sealed record Passkey(
    [property: Id(0)] string Id,
    [property: Id(1)] byte[] PublicKey,
    [property: Id(2)] string Name,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] uint SignCount,
    [property: Id(5)] ImmutableArray<string> Transports,
    [property: Id(6)] bool UserVerified,
    [property: Id(7)] bool BackupEligible,
    [property: Id(8)] bool BackedUp,
    [property: Id(9)] byte[] Attestation,
    [property: Id(10)] byte[] ClientData);
