using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>A user's session as it is now.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-record")]
public sealed record Session
{
    /// <summary>The public id, the <c>sid</c> of tokens. It opens nothing.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    [Id(1)] public required string UserId { get; init; }

    /// <summary>
    /// What the user is called. Name and roles hold as long as the session: a change of roles ends the user's sessions.
    /// </summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>The user's roles.</summary>
    [Id(3)] public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>How the user was authenticated, as in RFC 8176: <c>pwd</c>, <c>otp</c>, <c>hwk</c>, <c>mfa</c> …</summary>
    [Id(4)] public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>When the session began.</summary>
    [Id(5)] public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the user last gave credentials.</summary>
    [Id(6)] public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>When the session is over, however busy it is.</summary>
    [Id(7)] public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was last used.</summary>
    [Id(8)] public DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The browser and system it began with, as its user would call them.</summary>
    [Id(9)] public string Device { get; init; } = "";

    /// <summary>The address it was last used from.</summary>
    [Id(10)] public string Address { get; init; } = "";

    /// <summary>The session that is told by what began it.</summary>
    public static Session Begin(SessionStart start, DateTimeOffset now, UserSessionOptions options) => new()
    {
        Id = start.Id,
        UserId = start.UserId,
        Name = start.Name,
        Roles = start.Roles,
        Methods = start.Methods,
        StartedAt = now,
        AuthenticatedAt = now,
        ExpiresAt = now + options.AbsoluteTimeout,
        LastSeenAt = now,
        Device = start.Device,
        Address = start.Address,
    };

    /// <summary>Whether it has neither idled nor lasted too long.</summary>
    public bool IsAlive(DateTimeOffset now, TimeSpan idleTimeout) => now < ExpiresAt && now < LastSeenAt + idleTimeout;
}

/// <summary>What begins a session.</summary>
/// <param name="Id">The public id, unguessable.</param>
/// <param name="Handle">The SHA-256 of what the browser holds.</param>
/// <param name="UserId">Whose session it is.</param>
/// <param name="Name">What the user is called.</param>
/// <param name="Roles">The user's roles.</param>
/// <param name="Methods">How the user was authenticated.</param>
/// <param name="Device">The browser and system.</param>
/// <param name="Address">Where from.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-start")]
public sealed record SessionStart(
    [property: Id(0)] string Id,
    [property: Id(1)] ImmutableArray<byte> Handle,
    [property: Id(2)] string UserId,
    [property: Id(3)] string Name,
    [property: Id(4)] ImmutableArray<string> Roles,
    [property: Id(5)] ImmutableArray<string> Methods,
    [property: Id(6)] string Device,
    [property: Id(7)] string Address);
