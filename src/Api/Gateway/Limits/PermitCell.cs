using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>A limit of requests in a time: admits with lent permits, and asks for more before they are used up.</summary>
internal sealed class PermitCell(string key, LimitRule rule, LimiterLink link, TimeProvider time)
    : LimitCell(key, rule, link, time)
{
    // Permits that nobody took for this long, or that end this soon, go back.
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Ending = TimeSpan.FromMilliseconds(200);

    private readonly List<LeaseReport> closed = [];
    private ImmutableArray<LeaseReport> told = [];
    private volatile PermitLease? current;
    private PermitLease? next;
    private int lastLeft;
    private long lastMovedAt;
    private bool wanted;

    protected override bool IsEmpty => current is null && next is null && closed.Count == 0;

    public override void Undo(Admission admission) => admission.From?.PutBack();

    protected override bool HasMore => Volatile.Read(ref next) is not null;

    protected override bool TryTake(out int left, out PermitLease? from)
    {
        left = 0;
        from = current;
        if (from is not { } lease || !lease.TryTake(Time, out left))
        {
            return false;
        }

        if (left == lease.LowWater && Volatile.Read(ref next) is null && MayAsk)
        {
            Volatile.Write(ref wanted, true);
            Signal();
        }

        left += Volatile.Read(ref next)?.Left ?? 0;
        return true;
    }

    protected override bool TryTakeNext(out int left, out PermitLease? from)
    {
        if (TryTake(out left, out from))
        {
            return true;
        }

        Retire(current);
        current = next;
        next = null;
        return TryTake(out left, out from);
    }

    protected override LimitAsk? MakeAsk(int waiting)
    {
        var reports = ImmutableArray.CreateBuilder<LeaseReport>();
        reports.AddRange(closed);
        closed.Clear();
        told = [.. reports];
        Report(current, reports);
        Report(next, reports);
        var more = waiting > 0 || (wanted && next is null);
        wanted = false;
        if (!more && reports.Count == 0)
        {
            return null;
        }

        return new LimitAsk(
            Key,
            Rule,
            reports.DrainToImmutable(),
            more ? Math.Max(waiting, BridgeOf(Demand)) : 0,
            more ? Math.Max(waiting, AheadOf(Demand)) : 0);
    }

    protected override void Granted(LimitGrant grant, long epoch, long askedAt)
    {
        told = [];
        if (grant.Permits == 0)
        {
            return;
        }

        var lease = new PermitLease(
            epoch,
            grant.Lease,
            grant.Permits,
            askedAt,
            After(askedAt, grant.Term),
            Math.Min(grant.Permits / 2, BridgeOf(Demand)));
        lastMovedAt = Time.GetTimestamp();
        // Also beside one that is used up: a request that another limit refuses puts its permit back there.
        if (current is not null && next is null)
        {
            next = lease;
            return;
        }

        Retire(current);
        current = next ?? lease;
        next = current == lease ? null : lease;
    }

    // The reports are sent again: a lease is known by its number, so that none counts twice.
    protected override void Lost()
    {
        closed.InsertRange(0, told);
        closed.RemoveAll(report => report.Elapsed > 2 * LimitTimings.Term);
        told = [];
    }

    protected override bool NeedsExchange()
    {
        if (current is null)
        {
            return closed.Count > 0;
        }

        var now = Time.GetTimestamp();
        var left = current.Left;
        if (left != lastLeft)
        {
            lastLeft = left;
            lastMovedAt = now;
        }

        var ending = now > After(current.EndsAt, -Ending);
        if (ending || left == 0 || Time.GetElapsedTime(lastMovedAt, now) > Idle)
        {
            // As long as it is in use, what ends is replaced before a request has to wait.
            wanted = ending && left < current.Permits && Time.GetElapsedTime(lastMovedAt, now) < Idle;
            Retire(current);
            current = next;
            next = null;
        }

        return closed.Count > 0;
    }

    protected override void GiveBack()
    {
        Retire(current);
        Retire(next);
        current = null;
        next = null;
    }

    private void Report(PermitLease? lease, ImmutableArray<LeaseReport>.Builder reports)
    {
        if (lease is not null && lease.Permits > lease.Left)
        {
            reports.Add(new LeaseReport(lease.Epoch, lease.Number, lease.Permits - lease.Left, Time.GetElapsedTime(lease.AskedAt), Closed: false));
        }
    }

    private void Retire(PermitLease? lease)
    {
        if (lease is not null)
        {
            closed.Add(new LeaseReport(lease.Epoch, lease.Number, lease.Close(), Time.GetElapsedTime(lease.AskedAt), Closed: true));
        }
    }
}
