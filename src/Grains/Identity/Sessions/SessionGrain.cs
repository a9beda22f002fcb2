using System.Collections.Immutable;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Identity.Logout;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Sessions.Attributes;
using Gatehouse.Grains.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>A session. Collected soon: cookies can name any, and those that never were must not fill the memory.</summary>
[GrainType("gatehouse.identity.session"), CollectionAgeLimit(Minutes = 3)]
internal sealed partial class SessionGrain(
    [PersistentState("state", SessionStorage.Name)] IPersistentState<SessionState> store,
    IOptions<UserSessionOptions> options,
    IAuditTrail audit,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain, IRemindable
{
    // Longer than any front door remembers that it has verified a cookie.
    private static readonly TimeSpan HandleRemembered = TimeSpan.FromMinutes(1);

    private SessionLife life = null!;
    private WorkReminder reminder = null!;
    private DeliveryTimer telling = null!;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        life = new SessionLife(store, options.Value, time, DeactivateOnIdle);
        reminder = this.MakeWorkReminder(time);
        telling = new DeliveryTimer(this, Tell, e => Log.NotTold(logger, Id, e));
        return Task.CompletedTask;
    }

    public Task<bool> Start(SessionStart start) => life.Start(start);

    public ValueTask<Session?> Authenticate(ImmutableArray<byte> handle, DateTimeOffset seenAt, string address) =>
        life.Authenticate(handle, seenAt, address);

    public async Task<Session?> Renew(ImmutableArray<byte> before, ImmutableArray<byte> handle, ImmutableArray<string> methods)
    {
        var renewed = await life.Renew(before, handle, methods);
        if (renewed is not null)
        {
            await GrainFactory.Revoke(RevocationKey.Handle(before), time.GetUtcNow() + HandleRemembered);
        }

        return renewed;
    }

    public ValueTask See(DateTimeOffset seenAt) => life.See(seenAt);

    public ValueTask<Session?> Find() => ValueTask.FromResult(life.Find());

    public Task<bool> IsActive() => life.IsActive();

    public Task Join(string clientId) => life.Join(clientId);

    public ValueTask<SessionAttributes?> Attributes() => ValueTask.FromResult(life.Attributes());

    public Task<AttributesWrite?> ChangeAttributes(AttributesChange change) => life.Change(change);

    public async Task<bool> End(SessionEnd reason)
    {
        if (life.HasClients)
        {
            await reminder.Ensure();
        }

        if (await life.End(reason) is not { } end)
        {
            return false;
        }

        if (end.Ended)
        {
            Record(reason);
        }

        // Also when it had ended: the caller repeats a call of which it had no answer.
        await GrainFactory.Revoke(RevocationKey.Session(Id), end.RevokedUntil);
        TellSoon();
        return end.Ended;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        TellSoon();
        return life.Untold.IsEmpty ? reminder.Rest(due: null) : Task.CompletedTask;
    }

    private void TellSoon()
    {
        if (!life.Untold.IsEmpty)
        {
            telling.Start();
        }
    }

    // Beside the grain's commands, none of which writes once the session has ended.
    private async Task Tell()
    {
        if (life.Untold is { IsEmpty: false } clients)
        {
            var user = store.State.Session!.UserId;
            await GrainFactory.LogoutQueueOf(Id).Add([.. clients.Select(client => new LogoutNotice(Id, user, client))]);
            await life.Told();
        }
    }

    private void Record(SessionEnd reason)
    {
        Log.Ended(logger, Id, reason);
        audit.Record(new AuditEvent
        {
            Type = "session.ended",
            Actor = reason is SessionEnd.SignedOut or SessionEnd.EndedByUser ? $"user:{store.State.Session!.UserId}" : "system",
            Target = $"session:{Id}",
            Details = ImmutableDictionary<string, string>.Empty.Add("user", store.State.Session!.UserId).Add("reason", reason.ToString()),
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Session {Session} has ended: {Reason}")]
        public static partial void Ended(ILogger logger, string session, SessionEnd reason);

        [LoggerMessage(2, LogLevel.Warning, "It is not noted yet whom to tell that session {Session} has ended; it is tried again")]
        public static partial void NotTold(ILogger logger, string session, Exception cause);
    }
}
