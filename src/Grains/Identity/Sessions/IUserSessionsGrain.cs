using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>The sessions of one user; the key is the user's id. It lists a session before that begins, so it misses none.</summary>
[Alias("gatehouse.identity.user-sessions")]
public interface IUserSessionsGrain : IGrainWithStringKey
{
    /// <summary>Begins a session. One more than a user may have ends the oldest.</summary>
    [Alias("start"), ResponseTimeout("00:00:15")]
    Task<bool> Start(SessionStart start);

    /// <summary>The sessions that are not over, the newest first.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<ImmutableArray<Session>> List();

    /// <summary>Ends one session of the user's; see <see cref="ISessionGrain.End"/>.</summary>
    /// <returns>False when the user has no such session.</returns>
    [Alias("end"), ResponseTimeout("00:00:20")]
    Task<bool> End(string sessionId, SessionEnd reason);

    /// <summary>Ends all sessions but one; see <see cref="ISessionGrain.End"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="except">The one that goes on, if any.</param>
    /// <returns>How many were ended.</returns>
    [Alias("end-all"), ResponseTimeout("00:00:20")]
    Task<int> EndAll(SessionEnd reason, string? except = null);
}
