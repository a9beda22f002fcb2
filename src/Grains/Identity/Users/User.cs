using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>A user as stored. Secrets are in it hashed, or protected by whoever writes them; grains read none.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-record")]
public sealed record User
{
    /// <summary>The id, the <c>sub</c> of tokens; never reused.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Counts the writes; who writes names the version that was read.</summary>
    [Id(1)] public long Version { get; init; }

    /// <summary>What the user logs in with: an e-mail address, or a name an administrator gave.</summary>
    [Id(2)] public required string Login { get; init; }

    /// <summary>The e-mail address, proven; null when there is none.</summary>
    [Id(3)] public string? Email { get; init; }

    /// <summary>What the user is called.</summary>
    [Id(4)] public string Name { get; init; } = "";

    /// <summary>The password's hash; null when there is none.</summary>
    [Id(5)] public string? PasswordHash { get; init; }

    /// <summary>Changes whenever a credential does: what was issued for the one before is worth nothing.</summary>
    [Id(6)] public string SecurityStamp { get; init; } = "";

    /// <summary>Whether the user may not log in.</summary>
    [Id(7)] public bool Disabled { get; init; }

    /// <summary>The roles.</summary>
    [Id(8)] public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Whether a login takes a code of the authenticator app.</summary>
    [Id(9)] public bool TwoFactor { get; init; }

    /// <summary>The authenticator app's secret, protected.</summary>
    [Id(10)] public string? TotpSecret { get; init; }

    /// <summary>The time step of the last code that was taken: none is taken twice.</summary>
    [Id(11)] public long LastTotpStep { get; init; }

    /// <summary>The hashes of the recovery codes that are left.</summary>
    [Id(12)] public ImmutableArray<string> RecoveryCodes { get; init; } = [];

    /// <summary>The passkeys.</summary>
    [Id(13)] public ImmutableArray<Passkey> Passkeys { get; init; } = [];

    /// <summary>Since when there is this user.</summary>
    [Id(14)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What no other user may have: the names to log in with, and the passkeys' ids.</summary>
    public ImmutableArray<string> Claims() =>
    [
        .. new[] { Login, Email }.OfType<string>().Select(UserClaim.Name).Distinct(StringComparer.Ordinal),
        .. Passkeys.Select(passkey => UserClaim.Passkey(passkey.Id)),
    ];
}
