using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>
/// One limit of one consumer in this front door: what it may admit by itself, and how it comes by more. Requests that find
/// nothing wait together for one exchange with the limiter.
/// </summary>
internal abstract class LimitCell(string key, LimitRule rule, LimiterLink link, TimeProvider time)
{
    /// <summary>What is asked for when there are plenty: the demand of this time.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromMilliseconds(500);

    /// <summary>What is asked for in any case: the demand of this time, in which the next answer comes.</summary>
    private static readonly TimeSpan Bridge = TimeSpan.FromMilliseconds(20);

    // After a limiter's refusal, how long at most none is asked: others may give permits back before it expects so.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private const int MostExchanges = 2;

    private static readonly TimeSpan UnknownPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Demand demand = new(time);
    private TaskCompletionSource? answered;
    private int waiting;
    private int marked;
    private long pauseUntil;
    private long retryAt;
    private long resetAt;
    private long lastUsedAt = time.GetTimestamp();
    private volatile bool unknown;
    private bool asking;

    public string Key => key;

    public LimitRule Rule => rule;

    /// <summary>Whether the cell was forgotten: a new one must be found.</summary>
    public bool Retired { get; private set; }

    /// <summary>How many the limiter had left for everyone at the last exchange.</summary>
    protected int Elsewhere { get; private set; }

    /// <summary>Guards what exchanges change; requests that find a permit do not take it.</summary>
    protected Lock Gate { get; } = new();

    protected TimeProvider Time => time;

    protected Demand Demand => demand;

    /// <summary>Admits a request if that needs no exchange.</summary>
    public bool TryAdmit(out Admission admission)
    {
        demand.Count();
        if (TryTake(out var left, out var from))
        {
            admission = Admitted(left, from);
            return true;
        }

        admission = default;
        return false;
    }

    /// <summary>Decides on a request that <see cref="TryAdmit"/> did not admit; null when the cell was forgotten.</summary>
    public ValueTask<Admission?> Decide(CancellationToken cancellation) =>
        // What is refused for now is refused without a lock.
        !MayAsk && !HasMore && !Retired ? new(Refused()) : DecideByExchange(cancellation);

    /// <summary>Undoes an admission, because another limit refused the request.</summary>
    public abstract void Undo(Admission admission);

    /// <summary>Ends a request, for limits of concurrent ones.</summary>
    public virtual void Leave()
    {
    }

    /// <summary>Asks for an exchange.</summary>
    public void Signal() => link.Signal(this);

    /// <summary>Whether it was not marked to be part of the next exchange, and is now.</summary>
    public bool Mark() => Interlocked.Exchange(ref marked, 1) == 0;

    /// <summary>What to tell and ask the limiter; null when there is nothing.</summary>
    public LimitAsk? Ask()
    {
        Volatile.Write(ref marked, 0);
        lock (Gate)
        {
            demand.Measure();
            var ask = MakeAsk(Volatile.Read(ref waiting));
            asking = ask is { Now: > 0 } or { Ahead: > 0 };
            return ask;
        }
    }

    /// <summary>Takes the limiter's answer.</summary>
    public void Apply(LimitGrant grant, long epoch, long askedAt)
    {
        lock (Gate)
        {
            var now = time.GetTimestamp();
            Elsewhere = grant.Available;
            unknown = grant.Recovering;
            resetAt = After(now, grant.Reset);
            if (asking || grant.Recovering)
            {
                retryAt = After(now, grant.RetryAfter);
                pauseUntil = After(now, grant.RetryAfter < LongestPause ? grant.RetryAfter : LongestPause);
            }

            Granted(grant, epoch, askedAt);
            Release();
        }
    }

    /// <summary>The limiter has not answered.</summary>
    public void Fail()
    {
        lock (Gate)
        {
            unknown = true;
            pauseUntil = After(time.GetTimestamp(), UnknownPause);
            retryAt = pauseUntil;
            Lost();
            Release();
        }
    }

    /// <summary>Gives back what is not needed, now and then.</summary>
    public void Tend()
    {
        lock (Gate)
        {
            if (!NeedsExchange())
            {
                return;
            }
        }

        Signal();
    }

    /// <summary>Gives back all that is not in use.</summary>
    public void Close()
    {
        lock (Gate)
        {
            GiveBack();
        }

        Signal();
    }

    /// <summary>Forgets the cell if nothing is lent to it and nobody has asked for long.</summary>
    public bool TryRetire()
    {
        lock (Gate)
        {
            if (demand.Touched)
            {
                lastUsedAt = time.GetTimestamp();
            }

            Retired = Volatile.Read(ref waiting) == 0 && IsEmpty && time.GetElapsedTime(lastUsedAt) > Memory;
            return Retired;
        }
    }

    /// <summary>Whether nothing is lent to it.</summary>
    protected abstract bool IsEmpty { get; }

    protected static int AheadOf(Demand demand) => demand.In(Horizon) + 1;

    protected static int BridgeOf(Demand demand) => demand.In(Bridge);

    protected long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>Whether there is more than <see cref="TryTake"/> sees.</summary>
    protected abstract bool HasMore { get; }

    protected abstract bool TryTake(out int left, out PermitLease? from);

    /// <summary>As <see cref="TryTake"/>, with the gate held: also from what has come meanwhile.</summary>
    protected abstract bool TryTakeNext(out int left, out PermitLease? from);

    protected abstract LimitAsk? MakeAsk(int waiting);

    protected abstract void Granted(LimitGrant grant, long epoch, long askedAt);

    protected abstract void Lost();

    protected abstract bool NeedsExchange();

    protected abstract void GiveBack();

    /// <summary>Whether asking again makes sense now.</summary>
    protected bool MayAsk => time.GetTimestamp() >= Volatile.Read(ref pauseUntil);

    private async ValueTask<Admission?> DecideByExchange(CancellationToken cancellation)
    {
        // Others may be quicker to take what came; who has waited twice has been answered.
        var exchanges = 0;
        var waits = false;
        try
        {
            while (true)
            {
                Task next;
                lock (Gate)
                {
                    // Not before the gate is held: what came for those who wait would seem not to be needed.
                    if (waits)
                    {
                        Interlocked.Decrement(ref waiting);
                        waits = false;
                    }

                    if (TryTakeNext(out var left, out var from))
                    {
                        return Admitted(left, from);
                    }

                    if (Retired)
                    {
                        return null;
                    }

                    if (exchanges++ == MostExchanges || !MayAsk)
                    {
                        return Refused();
                    }

                    answered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    next = answered.Task;
                    Interlocked.Increment(ref waiting);
                    waits = true;
                }

                Signal();
                await next.WaitAsync(cancellation);
            }
        }
        finally
        {
            if (waits)
            {
                Interlocked.Decrement(ref waiting);
            }
        }
    }

    private Admission Admitted(int left, PermitLease? from) =>
        new(Verdict.Admitted, left + Elsewhere, Until(Volatile.Read(ref resetAt)), TimeSpan.Zero, from);

    private Admission Refused() =>
        new(unknown ? Verdict.Unknown : Verdict.Refused, 0, Until(resetAt), Until(retryAt));

    private TimeSpan Until(long timestamp)
    {
        var now = time.GetTimestamp();
        return timestamp > now ? time.GetElapsedTime(now, timestamp) : TimeSpan.Zero;
    }

    private void Release()
    {
        answered?.TrySetResult();
        answered = null;
    }
}
