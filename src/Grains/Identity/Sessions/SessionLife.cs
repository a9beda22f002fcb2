using System.Collections.Immutable;
using System.Security.Cryptography;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>
/// How a session begins, is used and ends. What is acknowledged is written; only that it was seen is written late, by less
/// than matters to the idle timeout.
/// </summary>
/// <param name="store">The stored state, read.</param>
/// <param name="options">The timeouts.</param>
/// <param name="time">The clock.</param>
/// <param name="failed">Told when a write has failed: what the store has is unknown then.</param>
internal sealed partial class SessionLife(IPersistentState<SessionState> store, UserSessionOptions options, TimeProvider time, Action failed)
{
    // Written once it is this part of the idle timeout ahead of what is stored.
    private const int SeenParts = 10;

    private DateTimeOffset lastSeenAt = store.State.Session?.LastSeenAt ?? default;

    private SessionState State => store.State;

    /// <summary>See <see cref="ISessionGrain.Start"/>.</summary>
    public async Task<bool> Start(SessionStart start)
    {
        if (State.Session is not null)
        {
            return State.Ended is null && IsHandle(start.Handle);
        }

        var session = Session.Begin(start, time.GetUtcNow(), options);
        await Write(new SessionState { Session = session, Handle = [.. start.Handle] });
        lastSeenAt = session.LastSeenAt;
        return true;
    }

    /// <summary>The session; null when it is over.</summary>
    public Session? Find()
    {
        if (State is not { Session: { } session, Ended: null })
        {
            return null;
        }

        var current = session with { LastSeenAt = lastSeenAt > session.LastSeenAt ? lastSeenAt : session.LastSeenAt };
        return current.IsAlive(time.GetUtcNow(), options.IdleTimeout) ? current : null;
    }

    /// <summary>See <see cref="ISessionGrain.IsActive"/>.</summary>
    public async Task<bool> IsActive()
    {
        await store.ReadStateAsync();
        return Find() is not null;
    }

    /// <summary>See <see cref="ISessionGrain.Authenticate"/>.</summary>
    public async ValueTask<Session?> Authenticate(ImmutableArray<byte> handle, DateTimeOffset seenAt, string address)
    {
        if (Find() is not { } session || !IsHandle(handle))
        {
            return null;
        }

        await See(seenAt, session with { Address = address });
        return Find();
    }

    /// <summary>See <see cref="ISessionGrain.See"/>.</summary>
    public ValueTask See(DateTimeOffset seenAt) => Find() is { } session ? See(seenAt, session) : ValueTask.CompletedTask;

    /// <summary>See <see cref="ISessionGrain.Renew"/>.</summary>
    public async Task<Session?> Renew(ImmutableArray<byte> before, ImmutableArray<byte> handle, ImmutableArray<string> methods)
    {
        // The second: the answer to the first such call was lost.
        if (Find() is not { } session || !(IsHandle(before) || IsHandle(handle)))
        {
            return null;
        }

        var now = time.GetUtcNow();
        await Write(State with
        {
            Session = session with { AuthenticatedAt = now, LastSeenAt = now, Methods = [.. session.Methods.Union(methods)] },
            Handle = [.. handle],
        });
        lastSeenAt = now;
        return Find();
    }

    /// <summary>Writes that the session has ended.</summary>
    /// <returns>Whether it was not over before, and until when that is to be remembered; null when there never was one.</returns>
    public async Task<(bool Ended, DateTimeOffset RevokedUntil)?> End(SessionEnd reason)
    {
        if (State.Session is null)
        {
            return null;
        }

        if (State.Ended is not null)
        {
            return (false, State.RevokedUntil);
        }

        var ends = Find() is not null;
        await Write(State with { Attributes = null, Ended = reason, RevokedUntil = time.GetUtcNow() + options.RevocationLifetime });
        return (ends, State.RevokedUntil);
    }

    private bool IsHandle(ImmutableArray<byte> handle) => CryptographicOperations.FixedTimeEquals(handle.AsSpan(), State.Handle);

    private async ValueTask See(DateTimeOffset seenAt, Session session)
    {
        // Front doors' clocks differ; nobody was seen in the future.
        var now = time.GetUtcNow();
        var seen = seenAt < now ? seenAt : now;
        if (seen > lastSeenAt)
        {
            lastSeenAt = seen;
        }

        var written = State.Session!;
        if (lastSeenAt - written.LastSeenAt >= options.IdleTimeout / SeenParts || session.Address != written.Address)
        {
            await Write(State with { Session = session with { LastSeenAt = lastSeenAt } });
        }
    }

    private async Task Write(SessionState next)
    {
        try
        {
            store.State = next;
            await store.WriteStateAsync();
        }
        catch
        {
            failed();
            throw;
        }
    }
}
