using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>
/// Tells the owners of circuits what was seen here, off the way of requests: what comes up while a report to an owner is under
/// way goes out together in the next.
/// </summary>
internal sealed partial class CircuitReporter(ICircuitOwners owners, TimeProvider time, ILogger<CircuitReporter> logger)
{
    // What an owner has taken is on its way to this front door; if it has not taken it, it has its reasons.
    private static readonly TimeSpan ShownWithin = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // As long as the owner takes a report for evidence.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConditionalWeakTable<ServiceCircuits, Gathering> gatherings = [];

    /// <summary>Reports a circuit that was opened here.</summary>
    public void Trip(ServiceCircuits circuits, CircuitTrip trip)
    {
        var gathering = gatherings.GetOrCreateValue(circuits);
        gathering.Trips.Enqueue(trip);
        if (gathering.TryStart())
        {
            _ = Task.Run(() => Send(circuits, gathering));
        }
    }

    /// <summary>Reports what came of a probe; in vain when the owner cannot be reached, which gives the probe up by itself.</summary>
    public void Conclude(ServiceCircuits circuits, ProbeResult result) =>
        _ = Task.Run(() => Try(circuits, () => owners.Of(circuits.Name).Conclude(result)));

    /// <summary>Reports outliers.</summary>
    public void Eject(ServiceCircuits circuits, ImmutableArray<OutlierReport> outliers) =>
        _ = Task.Run(() => Try(circuits, () => owners.Of(circuits.Name).Eject(outliers)));

    private async Task Send(ServiceCircuits circuits, Gathering gathering)
    {
        do
        {
            while (Take(gathering.Trips) is { IsEmpty: false } trips)
            {
                if (await Try(circuits, () => owners.Of(circuits.Name).Trip(trips)))
                {
                    foreach (var trip in trips)
                    {
                        circuits.Settle(trip.Instance, ShownWithin);
                    }
                }
            }

            gathering.Stop();
        }
        while (!gathering.Trips.IsEmpty && gathering.TryStart());
    }

    // All of these are applied once, whatever the number of calls.
    private async Task<bool> Try(ServiceCircuits circuits, Func<Task> report)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await report().WaitAsync(Patience, time);
                return true;
            }
            catch (Exception e)
            {
                if (time.GetElapsedTime(started) >= Patience)
                {
                    Log.NotReported(logger, circuits.Name, e);
                    return false;
                }

                await Task.Delay(Pause, time);
            }
        }
    }

    private static ImmutableArray<CircuitTrip> Take(ConcurrentQueue<CircuitTrip> queue)
    {
        var taken = ImmutableArray.CreateBuilder<CircuitTrip>();
        while (queue.TryDequeue(out var trip))
        {
            taken.Add(trip);
        }

        return taken.ToImmutable();
    }

    private sealed class Gathering
    {
        private int running;

        public ConcurrentQueue<CircuitTrip> Trips { get; } = new();

        public bool TryStart() => Interlocked.CompareExchange(ref running, 1, 0) == 0;

        public void Stop() => Volatile.Write(ref running, 0);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The owner of the circuits of {Service} could not be told; this front door acts alone")]
        public static partial void NotReported(ILogger logger, string service, Exception exception);
    }
}
