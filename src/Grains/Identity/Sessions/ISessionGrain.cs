using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Sessions.Attributes;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>
/// One session; the key is its public id, the <c>sid</c> of tokens. Begun through <see cref="IUserSessionsGrain"/>, so that
/// its user's list has every session there is. All commands are idempotent.
/// </summary>
[Alias("gatehouse.identity.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Begins the session; an ended one does not begin again.</summary>
    [Alias("start")]
    Task<bool> Start(SessionStart start);

    /// <summary>The session to whoever holds its handle, who is seen by it; null when it is over or the handle is not its.</summary>
    /// <param name="handle">The SHA-256 of what the browser holds.</param>
    /// <param name="seenAt">When the browser was last seen.</param>
    /// <param name="address">Where from.</param>
    [Alias("authenticate")]
    ValueTask<Session?> Authenticate(ImmutableArray<byte> handle, DateTimeOffset seenAt, string address);

    /// <summary>Gives the browser that has authenticated anew another handle: when the call returns, no front door accepts the one before.</summary>
    /// <returns>The session, or null when it is over or the handle before is not its.</returns>
    [Alias("renew"), ResponseTimeout("00:00:15")]
    Task<Session?> Renew(ImmutableArray<byte> before, ImmutableArray<byte> handle, ImmutableArray<string> methods);

    /// <summary>Tells that the session was used otherwise than by its cookie.</summary>
    [Alias("see")]
    ValueTask See(DateTimeOffset seenAt);

    /// <summary>The session; null when it is over.</summary>
    [Alias("find")]
    ValueTask<Session?> Find();

    /// <summary>
    /// Whether tokens of the session are to be accepted. Asked of the store itself, since whoever asks this is cut off from
    /// what others are told.
    /// </summary>
    [Alias("is-active")]
    Task<bool> IsActive();

    /// <summary>Notes a client that is to be told when the session ends.</summary>
    [Alias("join"), ResponseTimeout("00:00:15")]
    Task Join(string clientId);

    /// <summary>What services keep in the session; null when it is over.</summary>
    [Alias("attributes")]
    ValueTask<SessionAttributes?> Attributes();

    /// <summary>Changes what services keep in the session.</summary>
    /// <returns>Null when it is over.</returns>
    [Alias("change-attributes"), ResponseTimeout("00:00:15")]
    Task<AttributesWrite?> ChangeAttributes(AttributesChange change);

    /// <summary>Ends the session: when the call returns, no front door accepts a cookie or token of it.</summary>
    /// <returns>False when it was over already.</returns>
    [Alias("end"), ResponseTimeout("00:00:15")]
    Task<bool> End(SessionEnd reason);
}
