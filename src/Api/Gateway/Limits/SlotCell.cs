using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>A limit of concurrent requests: this front door keeps some of the slots, and renews their term while it does.</summary>
internal sealed class SlotCell(string key, LimitRule rule, LimiterLink link, TimeProvider time)
    : LimitCell(key, rule, link, time)
{
    private static readonly TimeSpan RenewEvery = LimitTimings.Term / 3;
    private static readonly TimeSpan Ending = LimitTimings.Term / 5;

    private int held;
    private int inUse;
    private int peak;
    private long endsAt;
    private long renewedAt;

    protected override bool IsEmpty => held == 0 && Volatile.Read(ref inUse) == 0;

    public override void Undo(Admission admission) => Leave();

    public override void Leave() => Interlocked.Decrement(ref inUse);

    protected override bool HasMore => false;

    protected override bool TryTake(out int left, out PermitLease? from)
    {
        from = null;
        var used = Interlocked.Increment(ref inUse);
        left = Volatile.Read(ref held) - used;
        if (left >= 0 && Time.GetTimestamp() < Volatile.Read(ref endsAt))
        {
            return true;
        }

        Interlocked.Decrement(ref inUse);
        return false;
    }

    protected override bool TryTakeNext(out int left, out PermitLease? from) => TryTake(out left, out from);

    protected override LimitAsk? MakeAsk(int waiting)
    {
        var before = held;
        peak = Math.Max(Volatile.Read(ref inUse), peak / 2);

        // Once its term is over, or nearly, only the requests in them are a claim to slots.
        if (Time.GetTimestamp() > After(endsAt, -Ending))
        {
            Volatile.Write(ref endsAt, 0);
            Trim(0);
        }
        else if (waiting == 0)
        {
            Trim(peak);
        }

        if (held == 0 && before == 0 && waiting == 0)
        {
            return null;
        }

        var ahead = waiting == 0 ? 0 : waiting + 1;
        return new LimitAsk(Key, Rule, [], waiting, ahead, held, Math.Min(held, Volatile.Read(ref inUse)));
    }

    protected override void Granted(LimitGrant grant, long epoch, long askedAt)
    {
        renewedAt = Time.GetTimestamp();
        Interlocked.Exchange(ref held, grant.Permits);
        Volatile.Write(ref endsAt, After(askedAt, grant.Term));
    }

    protected override void Lost()
    {
        // What is kept ends by itself unless a later exchange renews it.
    }

    protected override bool NeedsExchange()
    {
        peak = Math.Max(peak, Volatile.Read(ref inUse));
        return held > 0 && Time.GetElapsedTime(renewedAt) > RenewEvery;
    }

    protected override void GiveBack() => peak = 0;

    // First fewer are kept, then it is looked whether a request has got into one of them meanwhile. A request counts itself
    // in before it looks how many are kept: one of the two sees the other.
    private void Trim(int keep)
    {
        var before = held;
        if (keep >= before)
        {
            return;
        }

        Interlocked.Exchange(ref held, keep);
        var used = Volatile.Read(ref inUse);
        if (used > keep)
        {
            Interlocked.Exchange(ref held, Math.Min(before, used));
        }
    }
}
