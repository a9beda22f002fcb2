using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// Who may call a route. Every condition that is set must hold; without any, whoever is authenticated may.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.auth")]
public sealed record RouteAuth
{
    /// <summary>Anybody: credentials are neither asked for nor looked at, and go on to the service.</summary>
    public static RouteAuth Anybody { get; } = new() { Anonymous = true };

    /// <summary>Whoever is authenticated: what a route asks for that says nothing else.</summary>
    public static RouteAuth Authenticated { get; } = new();

    /// <summary>Anybody, but who presents credentials is found out, and refused when they are not good.</summary>
    public static RouteAuth IfPresented { get; } = new() { Optional = true };

    /// <summary>Whether no credentials are needed.</summary>
    [Id(0)] public bool Anonymous { get; init; }

    /// <summary>Scopes that a caller must have, all of them.</summary>
    [Id(1)] public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>Roles of which a caller must have one.</summary>
    [Id(2)] public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Clients of which one must have been issued the token.</summary>
    [Id(3)] public ImmutableArray<string> Clients { get; init; } = [];

    /// <summary>Whether the caller's access token goes on to the service, which could use it in the caller's name.</summary>
    [Id(4)] public bool ForwardToken { get; init; }

    /// <summary>Whether a caller without credentials passes; the endpoints themselves decide what such a one may do.</summary>
    [Id(5)] public bool Optional { get; init; }
}
