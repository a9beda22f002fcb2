using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Grains.Tests.Resilience.Circuits;

/// <summary>
/// A circuit's owner over a store, its predecessors that do not know yet that they were replaced, and front doors that want to
/// probe: messages take their time, come twice or get lost, owners die before, in and after a write, and their clocks differ.
/// </summary>
internal sealed class CircuitWorld(Random random, int doors)
{
    private const string Service = "BOOKS";

    private static readonly TimeSpan Sleep = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Term = TimeSpan.FromMilliseconds(500);

    private readonly List<Message> messages = [];
    private readonly List<Owner> owners = [];
    private readonly List<Running> probes = [];
    private CircuitsState stored = new();

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch.AddYears(60);

    /// <summary>How many probes were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How often the circuit closed.</summary>
    public int Closed { get; private set; }

    /// <summary>The most probes that were under way at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>One thing that happens.</summary>
    public void Step()
    {
        Now += TimeSpan.FromTicks(random.NextInt64(TimeSpan.FromMilliseconds(20).Ticks));
        if (owners.Count == 0)
        {
            owners.Add(new Owner(stored, Skew()));
        }

        Deliver();
        probes.RemoveAll(probe => probe.Until <= Now);
        switch (random.Next(100))
        {
            case < 30:
                Ask();
                break;
            case < 45:
                End();
                break;
            case < 60:
                Send(new CircuitTrip("", Now, Sleep, "bad"));
                break;
            case < 64:
                // Killed or hung: if hung, it may go on while its successor is at work.
                owners.Insert(0, new Owner(stored, Skew()));
                owners.RemoveRange(1, random.Next(owners.Count));
                break;
            default:
                break;
        }

        MostAtOnce = Math.Max(MostAtOnce, probes.Count);
    }

    private void Ask()
    {
        var ask = new ProbeAsk(Guid.NewGuid(), "", Term);
        var (door, askedAt) = (random.Next(doors), Now);
        Post(() => Decide(state => state.Admit(Service, ask, OwnersTime), state =>
        {
            if (state.Answer(Service, ask) == ProbeAnswer.Granted)
            {
                Post(() => Begin(ask, door, askedAt));
            }
        }));
    }

    private void Begin(ProbeAsk ask, int door, DateTimeOffset askedAt)
    {
        if (Now < askedAt + Term && !probes.Exists(probe => probe.Id == ask.Id))
        {
            Sent++;
            probes.Add(new Running(ask.Id, door, askedAt + Term));
        }
    }

    private void End()
    {
        if (probes.Count == 0)
        {
            return;
        }

        var probe = probes[random.Next(probes.Count)];
        probes.Remove(probe);
        var result = new ProbeResult(probe.Id, "", (ProbeVerdict)random.Next(3));
        for (var times = 1 + random.Next(2); times > 0; times--)
        {
            Post(() => Decide(state => state.Conclude(Service, result, OwnersTime), _ => { }));
        }
    }

    private void Send(CircuitTrip trip) => Post(() => Decide(state => state.Trip(Service, [trip], OwnersTime), _ => { }));

    private DateTimeOffset OwnersTime { get; set; }

    private void Decide(Func<CircuitsState, CircuitsState> decide, Action<CircuitsState> answer)
    {
        if (owners.Count == 0)
        {
            return;
        }

        var owner = owners[random.Next(3) == 0 ? random.Next(owners.Count) : 0];
        OwnersTime = Now + owner.Skew;
        var decided = decide(owner.State);
        if (!ReferenceEquals(decided, owner.State))
        {
            // The store refuses whoever does not know the last write; and may take a write without anybody hearing of it.
            if (owner.State.Version != stored.Version || random.Next(40) == 0)
            {
                owners.Remove(owner);
                return;
            }

            Closed += stored.Find(Service, "").IsOpen && !decided.Find(Service, "").IsOpen ? 1 : 0;
            stored = decided;
            owner.State = decided;
            if (random.Next(40) == 0)
            {
                owners.Remove(owner);
                return;
            }
        }

        answer(decided);
    }

    private void Post(Action arrival)
    {
        if (random.Next(15) > 0)
        {
            var delay = random.Next(20) == 0 ? random.Next(1500) : random.Next(5);
            messages.Add(new Message(Now + TimeSpan.FromMilliseconds(delay), arrival));
        }
    }

    private void Deliver()
    {
        foreach (var message in messages.Where(message => message.At <= Now).OrderBy(message => message.At).ToArray())
        {
            messages.Remove(message);
            message.Arrival();
        }
    }

    private TimeSpan Skew() => TimeSpan.FromMilliseconds(random.Next(-50, 50));

    private sealed class Owner(CircuitsState state, TimeSpan skew)
    {
        public CircuitsState State { get; set; } = state;

        public TimeSpan Skew => skew;
    }

    private sealed record Message(DateTimeOffset At, Action Arrival);

    private sealed record Running(Guid Id, int Door, DateTimeOffset Until);
}
