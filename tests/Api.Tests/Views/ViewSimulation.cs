using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Views;

/// <summary>
/// A whole cluster under fake time: owners with their store, publishers that may be frozen, superseded and resumed, and
/// replicas that may restart. Messages are delivered in any order, late, or never. After every step:
/// a replica that holds a lease has every change whose publish has completed (V1, V4, V5), and never goes back (V3); and one that has
/// asked a publisher for a lease less than a lease ago has what that publisher completes (V6).
/// </summary>
internal sealed class ViewSimulation
{
    private const int Owners = 3;

    private readonly ViewOptions options = new() { SnapshotPageSize = 2, History = 6 };
    private readonly FakeTimeProvider time = new();
    private readonly long[] stored = new long[Owners];
    private readonly long[] completed = new long[Owners];
    private readonly List<(int Owner, long Version, Task<ViewVersion> Task)> publishes = [];
    private readonly List<Publisher> publishers = [];
    private readonly List<Replica> replicas = [];
    private readonly List<Action> network = [];

    // The record of the store: whose term it is, and who may hold a lease.
    private readonly HashSet<Guid> recorded = [];
    private bool allRecorded = true;
    private long epoch;

    public ViewSimulation(int replicaCount)
    {
        StartPublisher();
        for (var i = 0; i < replicaCount; i++)
        {
            replicas.Add(new Replica(time));
        }
    }

    public int CompletedPublishes { get; private set; }

    public int Leases { get; private set; }

    /// <summary>How often V6 was looked at.</summary>
    public int Contacts { get; private set; }

    /// <summary>Carries out one step that the numbers choose, and checks the invariants.</summary>
    public void Step(int action, int choice)
    {
        switch (action)
        {
            case < 150: time.Advance(TimeSpan.FromMilliseconds(1 + (choice % 300))); break;
            case < 550: Deliver(choice % 4 == 0 ? choice / 4 : 0); break;
            case < 580: Drop(choice); break;
            case < 660: Write(choice % Owners, Pick(choice / 3)); break;
            case < 800: Renew(replicas[choice % replicas.Count], Pick(choice / 7)); break;
            case < 870: Tick(Pick(choice)); break;
            case < 960: Prove(Pick(choice)); break;
            case < 970: StartPublisher(); break;
            case < 975: Restart(replicas[choice % replicas.Count], Pick(choice / 5), released: choice % 2 == 0); break;
            case < 980: time.Advance(options.Lease); break;
            case < 988: StrikeOut(Pick(choice)); break;
            case < 990: Lose(); break;
            default: Pick(choice).Frozen ^= true; break;
        }

        Check();
    }

    /// <summary>Everything works again: all that was written gets everywhere, and every waiting publish ends.</summary>
    public void Recover()
    {
        network.Clear();
        publishers.RemoveRange(0, publishers.Count - 1);
        publishers[0].Frozen = false;
        if (!publishers[0].Open)
        {
            publishers.Clear();
            StartPublisher();
        }

        var last = Enumerable.Range(0, Owners).Select(owner => Publish(publishers[0], owner)).ToList();
        for (var round = 0; round < 80; round++)
        {
            foreach (var replica in replicas)
            {
                Renew(replica, publishers[0]);
            }

            Tick(publishers[0]);
            Prove(publishers[0]);
            for (var messages = 0; network.Count > 0 && messages < 1000; messages++)
            {
                Deliver(0);
            }

            time.Advance(TimeSpan.FromMilliseconds(100));
            Check();
        }

        last.ShouldAllBe(publish => publish.IsCompletedSuccessfully);
        foreach (var replica in replicas)
        {
            replica.State.Leased.ShouldBeTrue($"{replica.State.Version} of {publishers[0].Publication.Version}, page {replica.State.Page}, open {publishers[0].Open}, lag {replica.State.Lag}, epoch {epoch}, network {network.Count}");
            for (var owner = 0; owner < Owners; owner++)
            {
                replica.Has(owner).ShouldBe(stored[owner]);
                replica.State.Snapshot.ContainsKey(Toggled(owner)).ShouldBe(stored[owner] % 2 == 1);
            }
        }
    }

    private static GrainId OwnerId(int owner) => GrainId.Create("owner", owner.ToString());

    private static string Toggled(int owner) => $"{owner}/odd";

    private Publisher Pick(int choice) =>
        choice % 3 == 0 ? publishers[choice / 3 % publishers.Count] : publishers[^1];

    private void StartPublisher()
    {
        epoch++;
        var publisher = new Publisher(epoch, new ViewPublication(epoch, options, time, allRecorded ? recorded : null));
        publishers.Add(publisher);
        if (publishers.Count > 4)
        {
            publishers.RemoveAt(0);
        }

        var missing = Owners;
        for (var i = 0; i < Owners; i++)
        {
            var owner = i;
            Send(publisher, () =>
            {
                publisher.Publication.Contents.Accept(OwnerId(owner), Report(owner));
                if (--missing == 0)
                {
                    publisher.Publication.Rebuilt();
                    publisher.Open = true;
                }
            });
        }
    }

    private void Write(int owner, Publisher publisher)
    {
        stored[owner]++;
        _ = Publish(publisher, owner);
    }

    private Task<ViewVersion> Publish(Publisher publisher, int owner)
    {
        var version = stored[owner];
        var done = new TaskCompletionSource<ViewVersion>();
        publishes.Add((owner, version, done.Task));
        void Arrive()
        {
            if (!publisher.Open)
            {
                Send(publisher, Arrive);
                return;
            }

            if (publisher.Publication.Contents.Accept(Update(owner, version)) == OwnerStep.Gap)
            {
                publisher.Publication.Contents.Accept(OwnerId(owner), Report(owner));
            }

            publisher.Waiting.Add((publisher.Publication.Await(), done, new Dictionary<Guid, DateTimeOffset>(publisher.Asked)));
            Advance(publisher);
        }

        Send(publisher, Arrive);
        return done.Task;
    }

    private void Renew(Replica replica, Publisher publisher)
    {
        var state = replica.State;
        var request = new LeaseRequest(replica.Id, replica.Observer, state.Version, state.Page);
        var sentAt = time.GetTimestamp();
        void Granted()
        {
            LeaseGrant grant;
            try
            {
                grant = publisher.Publication.Renew(request);
            }
            catch (NotPublisherException)
            {
                return;
            }

            if (request.Version != ViewVersion.None)
            {
                publisher.Asked[request.Replica] = time.GetUtcNow();
            }

            Advance(publisher);
            network.Add(() =>
            {
                if (replica.State == state)
                {
                    state.Grant(request, sentAt, grant);
                }
            });
        }

        Send(publisher, () => Enter(publisher, request.Replica, Granted));
    }

    // A replica is written down before its first lease, by whose term it is; the write may take its time.
    private void Enter(Publisher publisher, Guid replica, Action then)
    {
        if (!publisher.Open || publisher.Leasable.Contains(replica))
        {
            then();
            return;
        }

        network.Add(() =>
        {
            if (publisher.Term == epoch)
            {
                recorded.Add(replica);
                Send(publisher, () =>
                {
                    publisher.Leasable.Add(replica);
                    then();
                });
            }
            else
            {
                Send(publisher, publisher.Publication.Lose);
            }
        });
    }

    // Those that are long gone; a write that comes after another's term has begun changes nothing.
    private void StrikeOut(Publisher publisher)
    {
        var gone = publisher.Leasable.Where(replica => !publisher.Publication.Knows(replica)).ToList();
        var all = publisher.Publication.KnowsAll;
        publisher.Leasable.ExceptWith(gone);
        if (!publisher.Frozen && publisher.Term == epoch)
        {
            recorded.ExceptWith(gone);
            allRecorded |= all;
        }
    }

    // The store comes back without the record: nobody knows who may hold a lease.
    private void Lose()
    {
        recorded.Clear();
        allRecorded = false;
        StartPublisher();
    }

    private void Restart(Replica replica, Publisher publisher, bool released)
    {
        var id = replica.Id;
        replica.Restart(time);
        if (released)
        {
            Send(publisher, () =>
            {
                publisher.Publication.Release(id);
                publisher.Asked.Remove(id);
                StrikeOut(publisher);
            });
        }
    }

    private void Tick(Publisher publisher)
    {
        if (!publisher.Frozen)
        {
            Advance(publisher);
        }
    }

    private void Advance(Publisher publisher)
    {
        publisher.Publication.Settle();
        foreach (var (lease, push) in publisher.Publication.TakePushes())
        {
            var replica = replicas.Find(replica => replica.Id == lease.Id);
            network.Add(() =>
            {
                if (replica is null || replica.Id != lease.Id)
                {
                    Send(publisher, () => ViewPublication.PushFailed(lease));
                    return;
                }

                var answer = replica.State.Push(push);
                Send(publisher, () =>
                {
                    if (!publisher.Publication.Pushed(lease, push, answer))
                    {
                        publisher.Publication.Lose();
                    }

                    Advance(publisher);
                });
            });
        }
    }

    private void Prove(Publisher publisher)
    {
        if (publisher.Frozen)
        {
            return;
        }

        var proof = publisher.Publication.BeginProof();
        network.Add(() =>
        {
            var read = epoch;
            Send(publisher, () =>
            {
                if (read == publisher.Term)
                {
                    publisher.Publication.Proven(proof);
                }
                else
                {
                    publisher.Publication.Lose();
                }
            });
        });
    }

    private void Send(Publisher publisher, Action message)
    {
        void Arrive()
        {
            if (publisher.Frozen)
            {
                network.Add(Arrive);
            }
            else
            {
                message();
            }
        }

        network.Add(Arrive);
    }

    private void Deliver(int choice)
    {
        if (network.Count > 0)
        {
            var index = choice % network.Count;
            var message = network[index];
            network.RemoveAt(index);
            message();
        }
    }

    private void Drop(int choice)
    {
        if (network.Count > 0)
        {
            network.RemoveAt(choice % network.Count);
        }
    }

    private static OwnerUpdate Update(int owner, long version) =>
        new(OwnerId(owner), version, [new ViewChange($"{owner}", version), new ViewChange(Toggled(owner), version % 2 == 1 ? version : null)]);

    private OwnerReport Report(int owner)
    {
        var version = stored[owner];
        ImmutableArray<ViewChange> all = version == 0 ? [] : [.. Update(owner, version).Changes.Where(change => change.Value is not null)];
        return new OwnerReport(version, all);
    }

    private void Check()
    {
        foreach (var publisher in publishers)
        {
            publisher.Waiting.RemoveAll(waiting =>
            {
                if (waiting.Pending.Task.IsCompletedSuccessfully)
                {
                    waiting.Done.TrySetResult(waiting.Pending.Version);
                    CheckAsked(waiting.Asked, waiting.Pending.Version);
                }

                return waiting.Pending.Task.IsCompleted;
            });
        }

        publishes.RemoveAll(publish =>
        {
            if (publish.Task.IsCompletedSuccessfully)
            {
                CompletedPublishes++;
                completed[publish.Owner] = Math.Max(completed[publish.Owner], publish.Version);
            }

            return publish.Task.IsCompleted;
        });

        foreach (var replica in replicas)
        {
            (replica.State.Version >= replica.Highest).ShouldBeTrue("V3: a replica went back");
            replica.Highest = replica.State.Version;
            if (replica.State.Leased)
            {
                Leases++;
                for (var owner = 0; owner < Owners; owner++)
                {
                    replica.Has(owner).ShouldBeGreaterThanOrEqualTo(completed[owner], "V1: a leased replica misses a completed publish");
                }
            }
        }
    }

    // Whatever its lease was: it may decide by what it knew last.
    private void CheckAsked(Dictionary<Guid, DateTimeOffset> asked, ViewVersion completed)
    {
        foreach (var replica in replicas)
        {
            if (asked.TryGetValue(replica.Id, out var at) && time.GetUtcNow() < at + options.Lease)
            {
                Contacts++;
                (replica.State.Version >= completed).ShouldBeTrue("V6: a replica that asked a moment ago misses a completed publish");
            }
        }
    }

    private sealed class Publisher(long term, ViewPublication publication)
    {
        public long Term { get; } = term;

        public ViewPublication Publication { get; } = publication;

        public bool Open { get; set; }

        public bool Frozen { get; set; }

        /// <summary>Those it knows to be written down.</summary>
        public HashSet<Guid> Leasable { get; } = [];

        /// <summary>When each replica has asked for a lease last.</summary>
        public Dictionary<Guid, DateTimeOffset> Asked { get; } = [];

        public List<(PendingPublish Pending, TaskCompletionSource<ViewVersion> Done, Dictionary<Guid, DateTimeOffset> Asked)> Waiting { get; } = [];
    }

    private sealed class Replica(FakeTimeProvider time)
    {
        public Guid Id { get; private set; } = Guid.NewGuid();

        public ReplicaState<ImmutableDictionary<string, object>> State { get; private set; } = New(time);

        public ViewVersion Highest { get; set; }

        public IViewReplica Observer { get; } = new NoObserver();

        public long Has(int owner) => State.Snapshot.TryGetValue($"{owner}", out var version) ? (long)version : 0;

        public void Restart(FakeTimeProvider clock)
        {
            Id = Guid.NewGuid();
            State = New(clock);
            Highest = ViewVersion.None;
        }

        private static ReplicaState<ImmutableDictionary<string, object>> New(FakeTimeProvider clock) =>
            new(new DictionaryProjection(), clock);
    }

    /// <summary>Pushes go through the simulation's network instead.</summary>
    private sealed class NoObserver : IViewReplica
    {
        public Task<ViewVersion> Apply(ViewPush push) => throw new InvalidOperationException();

        public Task<int> InUse(string key) => throw new InvalidOperationException();
    }
}
