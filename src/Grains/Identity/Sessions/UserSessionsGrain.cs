using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Sessions;

[GrainType("gatehouse.identity.user-sessions")]
internal sealed class UserSessionsGrain(
    [PersistentState("state", SessionStorage.Name)] IPersistentState<UserSessionsState> store,
    IOptions<UserSessionOptions> options,
    TimeProvider time) : Grain, IUserSessionsGrain
{
    private readonly UserSessionOptions options = options.Value;

    public async Task<bool> Start(SessionStart start)
    {
        if (start.UserId != this.GetPrimaryKeyString())
        {
            throw new ArgumentException("The session is another user's.", nameof(start));
        }

        var now = time.GetUtcNow();
        var listed = store.State.Sessions.RemoveAll(session => session.ExpiresAt <= now || session.Id == start.Id);
        while (listed.Length >= options.MaxPerUser)
        {
            await Of(listed[0].Id).End(SessionEnd.Replaced);
            listed = listed.RemoveAt(0);
        }

        await Write(listed.Add(new ListedSession(start.Id, now + options.AbsoluteTimeout)));
        return await Of(start.Id).Start(start);
    }

    public async Task<ImmutableArray<Session>> List()
    {
        var sessions = await Task.WhenAll(store.State.Sessions.Select(listed => Of(listed.Id).Find().AsTask()));
        return [.. sessions.OfType<Session>().Reverse()];
    }

    public async Task<bool> End(string sessionId, SessionEnd reason)
    {
        if (!store.State.Sessions.Any(listed => listed.Id == sessionId))
        {
            return false;
        }

        var ended = await Of(sessionId).End(reason);
        await Write(store.State.Sessions.RemoveAll(listed => listed.Id == sessionId));
        return ended;
    }

    public async Task<int> EndAll(SessionEnd reason, string? except = null)
    {
        var ending = store.State.Sessions.RemoveAll(listed => listed.Id == except);
        var ended = await Task.WhenAll(ending.Select(listed => Of(listed.Id).End(reason)));
        await Write(store.State.Sessions.RemoveAll(listed => listed.Id != except));
        return ended.Count(was => was);
    }

    private ISessionGrain Of(string sessionId) => GrainFactory.GetGrain<ISessionGrain>(sessionId);

    private async Task Write(ImmutableArray<ListedSession> sessions)
    {
        try
        {
            store.State = new UserSessionsState { Sessions = sessions };
            await store.WriteStateAsync();
        }
        // Whatever was thrown, it is unknown what the store has now: the next activation reads it.
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
