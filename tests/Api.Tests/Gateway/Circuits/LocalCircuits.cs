using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Gateway.Circuits;

/// <summary>The circuits' real rules without a cluster: what the owners decide is in the view at once.</summary>
internal sealed class LocalCircuits : ICircuitOwners
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, Owner> owners = new(StringComparer.Ordinal);
    private IViewProjection<CircuitSnapshot>? projection;
    private CircuitSnapshot snapshot = CircuitSnapshot.Empty;

    /// <summary>What the front door's requests read; it has what <see cref="Connect"/> was given.</summary>
    public FakeReplica<CircuitSnapshot> View { get; } = new(CircuitSnapshot.Empty);

    /// <summary>Whether the owners do not answer.</summary>
    public bool Unreachable { get; set; }

    /// <summary>The probes that were granted.</summary>
    public int Granted => owners.Values.Sum(owner => owner.Granted);

    /// <summary>Lets the front door's view follow.</summary>
    public void Connect(IViewProjection<CircuitSnapshot> follower) => projection = follower;

    public CircuitEntry Find(string service, string instance = "") => ((Owner)Of(service)).State.Find(service, instance);

    public ICircuitGrain Of(string service) => owners.GetOrAdd(service, name => new Owner(this, name));

    private sealed class Owner(LocalCircuits all, string service) : ICircuitGrain
    {
        public CircuitsState State { get; private set; } = new();

        public int Granted { get; private set; }

        public Task Trip(ImmutableArray<CircuitTrip> trips) => Decide(state => state.Trip(service, trips, DateTimeOffset.UtcNow));

        public async Task<ProbeAnswer> Ask(ProbeAsk ask)
        {
            var answer = (await Decide(state => state.Admit(service, ask, DateTimeOffset.UtcNow))).Answer(service, ask);
            Granted += answer == ProbeAnswer.Granted ? 1 : 0;
            return answer;
        }

        public Task Conclude(ProbeResult result) => Decide(state => state.Conclude(service, result, DateTimeOffset.UtcNow));

        public Task Eject(ImmutableArray<OutlierReport> reports) =>
            Decide(state => reports.Aggregate(state, (next, report) => next.Eject(service, report, DateTimeOffset.UtcNow)));

        public Task Diagnose(ImmutableDictionary<string, string?> reasons, TimeSpan holds) =>
            Decide(state => state.Diagnose(service, reasons, DateTimeOffset.UtcNow));

        public async Task<CircuitEntry> Force(string instance, CircuitMode mode, string reason) =>
            (await Decide(state => state.Force(service, instance, mode, reason, DateTimeOffset.UtcNow))).Find(service, instance);

        public ValueTask<CircuitEntry> Find(string instance) => new(State.Find(service, instance));

        public ValueTask<OwnerReport> Report() => new(new OwnerReport(State.Version, State.Entries()));

        private async Task<CircuitsState> Decide(Func<CircuitsState, CircuitsState> decide)
        {
            await Task.Yield();
            if (all.Unreachable)
            {
                throw new TimeoutException("Nobody answers.");
            }

            lock (all.gate)
            {
                var next = decide(State);
                if (!ReferenceEquals(next, State))
                {
                    State = next;
                    all.snapshot = all.projection!.Apply(all.snapshot, next.LastChanges(), replace: false, new ViewVersion(1, next.Version));
                    all.View.Current = all.snapshot;
                }

                return next;
            }
        }
    }
}
