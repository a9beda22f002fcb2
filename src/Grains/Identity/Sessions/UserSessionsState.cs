using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>What the grain of a user's sessions keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-sessions-state")]
internal sealed record UserSessionsState
{
    /// <summary>The sessions in the order they began, some of which may be over.</summary>
    [Id(0)] public ImmutableArray<ListedSession> Sessions { get; init; } = [];
}

/// <summary>A session in its user's list.</summary>
/// <param name="Id">The session.</param>
/// <param name="ExpiresAt">When it is over at the latest.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.listed-session")]
internal readonly record struct ListedSession([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset ExpiresAt);
