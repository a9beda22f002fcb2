namespace Gatehouse.Grains.Identity.Logout;

/// <summary>That a client is to be told of the end of a session (OpenID Connect Back-Channel Logout 1.0).</summary>
/// <param name="SessionId">The session, the <c>sid</c> of the client's tokens.</param>
/// <param name="UserId">Whose it was, the <c>sub</c>.</param>
/// <param name="ClientId">The client.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.logout-notice")]
public sealed record LogoutNotice([property: Id(0)] string SessionId, [property: Id(1)] string UserId, [property: Id(2)] string ClientId);

/// <summary>What came of telling a client.</summary>
/// <param name="Notice">What it was to be told.</param>
/// <param name="Error">Why it does not know; null when it does, or need not any more.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.logout-attempt")]
public sealed record LogoutAttempt([property: Id(0)] LogoutNotice Notice, [property: Id(1)] string? Error);

/// <summary>A notice in the queue.</summary>
/// <param name="Notice">The notice.</param>
/// <param name="AddedAt">When the session ended.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="DueAt">When it is tried next; null when it was tried for the last time.</param>
/// <param name="Error">What the last attempt came to.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.queued-logout")]
public sealed record QueuedLogout(
    [property: Id(0)] LogoutNotice Notice,
    [property: Id(1)] DateTimeOffset AddedAt,
    [property: Id(2)] int Attempts = 0,
    [property: Id(3)] DateTimeOffset? DueAt = null,
    [property: Id(4)] string Error = "");
