using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Sessions;

[GrainType("gatehouse.identity.session")]
internal sealed partial class SessionGrain(
    [PersistentState("state", SessionStorage.Name)] IPersistentState<SessionState> store,
    IOptions<UserSessionOptions> options,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private SessionLife life = null!;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        life = new SessionLife(store, options.Value, time, DeactivateOnIdle);
        return Task.CompletedTask;
    }

    public Task<bool> Start(SessionStart start) => life.Start(start);

    public ValueTask<Session?> Authenticate(ImmutableArray<byte> handle, DateTimeOffset seenAt, string address)
    {
        LeaveIfNothing();
        return life.Authenticate(handle, seenAt, address);
    }

    public Task<Session?> Renew(ImmutableArray<byte> before, ImmutableArray<byte> handle, ImmutableArray<string> methods) =>
        life.Renew(before, handle, methods);

    public ValueTask See(DateTimeOffset seenAt) => life.See(seenAt);

    public ValueTask<Session?> Find() => ValueTask.FromResult(life.Find());

    public Task<bool> IsActive()
    {
        LeaveIfNothing();
        return life.IsActive();
    }

    public async Task<bool> End(SessionEnd reason)
    {
        if (await life.End(reason) is not { } end)
        {
            return false;
        }

        if (end.Ended)
        {
            Log.Ended(logger, Id, reason);
        }

        return end.Ended;
    }

    // Cookies and tokens can name any session: those that never were must not fill the memory.
    private void LeaveIfNothing()
    {
        if (!store.RecordExists)
        {
            DeactivateOnIdle();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Session {Session} has ended: {Reason}")]
        public static partial void Ended(ILogger logger, string session, SessionEnd reason);
    }
}
