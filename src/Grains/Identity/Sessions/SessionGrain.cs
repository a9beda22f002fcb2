using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Revocations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>A session. Collected soon: cookies can name any, and those that never were must not fill the memory.</summary>
[GrainType("gatehouse.identity.session"), CollectionAgeLimit(Minutes = 3)]
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

    public ValueTask<Session?> Authenticate(ImmutableArray<byte> handle, DateTimeOffset seenAt, string address) =>
        life.Authenticate(handle, seenAt, address);

    public Task<Session?> Renew(ImmutableArray<byte> before, ImmutableArray<byte> handle, ImmutableArray<string> methods) =>
        life.Renew(before, handle, methods);

    public ValueTask See(DateTimeOffset seenAt) => life.See(seenAt);

    public ValueTask<Session?> Find() => ValueTask.FromResult(life.Find());

    public Task<bool> IsActive() => life.IsActive();

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

        // Also when it had ended: the caller repeats a call of which it had no answer.
        await GrainFactory.Revoke(RevocationKey.Session(Id), end.RevokedUntil);
        return end.Ended;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Session {Session} has ended: {Reason}")]
        public static partial void Ended(ILogger logger, string session, SessionEnd reason);
    }
}
