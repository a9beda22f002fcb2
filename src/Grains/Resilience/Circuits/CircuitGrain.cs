using System.Collections.Immutable;
using Gatehouse.Grains.Placement;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>
/// The circuits of one service. Reentrant, so that a change that waits for a slow front door holds up neither a report nor a
/// probe; the ledger keeps writes one at a time, and the rules are those of <see cref="CircuitsState"/>.
/// </summary>
[GrainType("gatehouse.circuits.circuit"), SpreadEvenly, Reentrant]
internal sealed partial class CircuitGrain(
    [PersistentState("state")] IPersistentState<CircuitsState> store,
    CircuitMetrics metrics,
    TimeProvider time,
    ILogger<CircuitGrain> logger) : OwnerGrain<CircuitsState>(store, ViewNames.Circuits, time, logger), ICircuitGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(31);

    // How many ticks lie between two looks at which instances there still are.
    private const int LookEvery = 10;

    private IGrainTimer? timer;
    private int ticks;
    private DateTimeOffset diagnosedUntil;

    private string Service => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        // Whoever probes tells it again by then, if anybody does.
        diagnosedUntil = Time.GetUtcNow() + LongestSilence;
        _ = InBackground(Ledger.Resume);
        Watch();
    }

    public Task Trip(ImmutableArray<CircuitTrip> trips) => Decide(state => state.Trip(Service, trips, Time.GetUtcNow()));

    public async Task<ProbeAnswer> Ask(ProbeAsk ask) => (await Decide(state => state.Admit(Service, ask, Time.GetUtcNow()))).Answer(Service, ask);

    public Task Conclude(ProbeResult result) => Decide(state => state.Conclude(Service, result, Time.GetUtcNow()));

    public Task Eject(ImmutableArray<OutlierReport> reports) => Decide(
        state => reports.Aggregate(state, (next, report) => next.Eject(Service, report, Time.GetUtcNow())));

    public Task Diagnose(ImmutableDictionary<string, string?> reasons, TimeSpan holds)
    {
        diagnosedUntil = Time.GetUtcNow() + holds;
        return Decide(state => state.Diagnose(Service, reasons, Time.GetUtcNow()));
    }

    public async Task<CircuitEntry> Force(string instance, CircuitMode mode, string reason)
    {
        var decided = await Decide(state => state.Force(Service, instance, mode, reason, Time.GetUtcNow()), publish: false);
        await Ledger.Publish(decided);
        return decided.Find(Service, instance);
    }

    public ValueTask<CircuitEntry> Find(string instance) => new(Ledger.State.Find(Service, instance));

    // A probe's asker waits for the answer, and a front door that hangs must not make it wait for a lease.
    private async Task<CircuitsState> Decide(Func<CircuitsState, CircuitsState> decide, bool publish = true)
    {
        var before = Ledger.State;
        var decided = await Ledger.Change(state =>
        {
            before = state;
            return decide(state);
        });
        if (!ReferenceEquals(before, decided))
        {
            Tell(before, decided);
            Watch();
            if (publish)
            {
                _ = InBackground(() => Ledger.Publish(decided));
            }
        }

        return decided;
    }

    private void Tell(CircuitsState before, CircuitsState after)
    {
        foreach (var key in after.Changed)
        {
            var old = before.Circuits.GetValueOrDefault(key);
            var now = after.Circuits.GetValueOrDefault(key);
            var any = now ?? old!;
            var empty = new CircuitEntry { Service = any.Service, Instance = any.Instance };
            metrics.Changed(old ?? empty, now ?? empty);
            Log.Changed(Logger, key, now ?? empty);
        }
    }

    // Only while there is something to look after: a service whose circuits are closed has no timer and may rest.
    private void Watch()
    {
        if (Ledger.State.Circuits.IsEmpty)
        {
            timer?.Dispose();
            timer = null;
        }
        else
        {
            timer ??= this.RegisterGrainTimer(
                _ => InBackground(LookAfter), new GrainTimerCreationOptions(Tick, Tick) { Interleave = true, KeepAlive = true });
        }
    }

    private async Task LookAfter()
    {
        var now = Time.GetUtcNow();
        var look = ++ticks % LookEvery == 0;
        if (look || Ledger.State.NextReturn() <= now)
        {
            var gone = look ? await Gone() : [];
            await Decide(state => state.Tidy(circuit => gone.Contains(circuit.Instance), now, now < diagnosedUntil));
        }
    }

    private async Task<ImmutableHashSet<string>> Gone()
    {
        var registry = GrainFactory.GetGrain<IServiceGrain>(Service);
        var gone = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var circuit in Ledger.State.Circuits.Values.Where(circuit => circuit.Instance.Length > 0))
        {
            if (await registry.Find(circuit.Instance) is null or { Action: InstanceAction.Deleted })
            {
                gone.Add(circuit.Instance);
            }
        }

        return gone.ToImmutable();
    }

    private static partial class Log
    {
        public static void Changed(ILogger logger, string key, CircuitEntry circuit) =>
            Changed(logger, key, circuit.State, circuit.Mode, circuit.Ejected is not null, circuit.Unhealthy is not null, circuit.Unhealthy?.Reason ?? circuit.Ejected?.Reason ?? circuit.Reason);

        [LoggerMessage(3, LogLevel.Information, "Circuit {Circuit}: {State} ({Mode}), ejected {Ejected}, unhealthy {Unhealthy}. {Reason}")]
        private static partial void Changed(
            ILogger logger, string circuit, CircuitState state, CircuitMode mode, bool ejected, bool unhealthy, string reason);
    }
}
