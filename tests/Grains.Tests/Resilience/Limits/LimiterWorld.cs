using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Grains.Tests.Resilience.Limits;

/// <summary>
/// A limiter, its predecessors that do not know yet, and front doors that use what they were lent at any time they may: one
/// clock, messages that take their time, come out of order or get lost, front doors that die, limiters that are replaced.
/// </summary>
internal sealed class LimiterWorld(LimitRule rule, Random random, int doors)
{
    private const string Key = "limit";

    private readonly List<Door> fronts = [.. Enumerable.Range(0, doors).Select(_ => new Door())];
    private readonly List<Message> messages = [];
    private LimiterBook book = new(1, LimiterLegacy.None, LimiterBook.ClockStart);
    private (LimiterBook Book, TimeSpan ProvenUntil)? zombie;
    private long epoch = 1;

    public TimeSpan Now { get; private set; } = LimiterBook.ClockStart;

    /// <summary>When permits were used.</summary>
    public List<TimeSpan> Uses { get; } = [];

    /// <summary>One thing that happens.</summary>
    public void Step()
    {
        Now += TimeSpan.FromTicks(random.NextInt64(TimeSpan.FromMilliseconds(30).Ticks));
        Deliver();
        var door = fronts[random.Next(fronts.Count)];
        switch (random.Next(100))
        {
            case < 40:
                Ask(door);
                break;
            case < 96:
                Use(door);
                break;
            case 96:
                fronts.Remove(door);
                fronts.Add(new Door());
                break;
            case 97 when random.Next(4) == 0:
                Crash();
                break;
            case 98 when random.Next(4) == 0:
                HandOver();
                break;
            default:
                Close(door);
                break;
        }
    }

    private void Ask(Door door) => messages.Add(new Message(
        door,
        new LimitExchange(
            door.Id,
            ++door.Sequence,
            [new LimitAsk(Key, rule, [.. door.Reports(Now)], random.Next(rule.Permits + 2), random.Next(rule.Permits + 2))]),
        Now,
        Now + Delay()));

    private void Use(Door door)
    {
        foreach (var lease in door.Leases)
        {
            var most = Math.Min(lease.Permits - lease.Used, random.Next(1, 20));
            if (Now < lease.EndsAt && !lease.Closed && most > 0)
            {
                lease.Used += most;
                Uses.AddRange(Enumerable.Repeat(Now, most));
                return;
            }
        }
    }

    private void Close(Door door)
    {
        if (door.Leases.Count > 0)
        {
            door.Leases[random.Next(door.Leases.Count)].Closed = true;
        }
    }

    // Killed or suspended: one that goes on lends until its proof has run out.
    private void Crash()
    {
        zombie = (book, Now + LimitTimings.Proof);
        book = new LimiterBook(++epoch, null, Now);
    }

    private void HandOver()
    {
        var left = book.Snapshot(Now);
        book = new LimiterBook(++epoch, left, Now);
        if (left is null)
        {
            return;
        }

        zombie = null;
    }

    private void Deliver()
    {
        foreach (var message in messages.Where(message => message.At <= Now).OrderBy(message => message.At).ToArray())
        {
            messages.Remove(message);
            if (message.Answer is null)
            {
                Receive(message);
            }
            else if (message.Answer.Grants is [{ Permits: > 0 } grant])
            {
                message.Door.Leases.Add(new Lease(message.Answer.Epoch, grant.Lease, grant.Permits, message.SentAt, message.SentAt + grant.Term));
            }
        }
    }

    private void Receive(Message message)
    {
        var target = zombie is { } old && Now < old.ProvenUntil && random.Next(3) == 0 ? old.Book : book;
        var answer = target.Exchange(message.Exchange, Now);
        if (random.Next(20) > 0)
        {
            messages.Add(message with { Answer = answer, At = Now + Delay() });
        }
    }

    private TimeSpan Delay() => TimeSpan.FromMilliseconds(random.Next(50) == 0 ? random.Next(2000) : random.Next(5));

    private sealed class Door
    {
        public Guid Id { get; } = Guid.NewGuid();

        public long Sequence { get; set; }

        public List<Lease> Leases { get; } = [];

        public ImmutableArray<LeaseReport> Reports(TimeSpan now)
        {
            ImmutableArray<LeaseReport> reports =
                [.. Leases.Select(lease => new LeaseReport(lease.Epoch, lease.Number, lease.Used, now - lease.AskedAt, lease.Closed))];
            Leases.RemoveAll(lease => lease.Closed);
            return reports;
        }
    }

    private sealed class Lease(long epoch, long number, int permits, TimeSpan askedAt, TimeSpan endsAt)
    {
        public long Epoch => epoch;

        public long Number => number;

        public int Permits => permits;

        public TimeSpan AskedAt => askedAt;

        public TimeSpan EndsAt => endsAt;

        public int Used { get; set; }

        public bool Closed { get; set; }
    }

    private sealed record Message(Door Door, LimitExchange Exchange, TimeSpan SentAt, TimeSpan At, LimitAnswer? Answer = null);
}
