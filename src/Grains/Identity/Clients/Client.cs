using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Clients;

/// <summary>A program that asks for tokens; also its entry in the <c>clients</c> view.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.clients.client")]
public sealed record Client
{
    /// <summary>The <c>client_id</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What people are shown.</summary>
    [Id(1)] public string Name { get; init; } = "";

    /// <summary>Whether it can keep no secret: a program in a browser, or on its user's device.</summary>
    [Id(2)] public bool Public { get; init; }

    /// <summary>What its secret is compared with; a public client has none.</summary>
    [Id(3)] public ClientSecret? Secret { get; init; }

    /// <summary>How it may ask for tokens: <see cref="ClientGrants"/>.</summary>
    [Id(4)] public ImmutableArray<string> Grants { get; init; } = [];

    /// <summary>Where users may be sent back to, compared exactly.</summary>
    [Id(5)] public ImmutableArray<string> RedirectUris { get; init; } = [];

    /// <summary>Where users may be sent after they signed out, compared exactly.</summary>
    [Id(6)] public ImmutableArray<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>The scopes it may ask for.</summary>
    [Id(7)] public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>The audiences that it may ask tokens for, besides the default one.</summary>
    [Id(8)] public ImmutableArray<string> Audiences { get; init; } = [];

    /// <summary>The roles it has when it acts for itself.</summary>
    [Id(9)] public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Whether its users are not asked for their consent: it belongs to the same house.</summary>
    [Id(10)] public bool Trusted { get; init; }

    /// <summary>Whether it must push its authorization requests (RFC 9126).</summary>
    [Id(11)] public bool RequirePushedRequests { get; init; }

    /// <summary>Where it is told that a session has ended; null for nowhere.</summary>
    [Id(12)] public string? BackChannelLogoutUri { get; init; }

    /// <summary>Whether it gets no tokens, and those it has are not accepted.</summary>
    [Id(13)] public bool Disabled { get; init; }
}
