namespace Gatehouse.Grains.Registry;

/// <summary>
/// When each instance of a service last gave a sign of life, in memory only and on the monotonic clock: neither a write
/// nor a change of the wall clock touches a lease.
/// </summary>
internal sealed class Leases(RegistryOptions options, TimeProvider time, SuspensionWatch suspensions)
{
    private readonly Dictionary<string, TimeSpan> beats = [];
    private readonly long origin = time.GetTimestamp();

    /// <summary>The time since the activation started.</summary>
    public TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Starts the instance's lease anew.</summary>
    public void Renew(string id, TimeSpan now) => beats[id] = now;

    /// <summary>Forgets the instance.</summary>
    public void End(string id) => beats.Remove(id);

    /// <summary>When the instance is removed, or made suspect, if it stays silent.</summary>
    public TimeSpan DeadlineOf(Instance instance) =>
        LastSign(instance.Id) + instance.Lease + (instance.Suspect ? options.SuspectTimeout : TimeSpan.Zero);

    /// <summary>The wall-clock time of the last sign of life.</summary>
    public DateTimeOffset? RenewedAt(string id) =>
        beats.TryGetValue(id, out var beat) ? time.GetUtcNow() - (Now - beat) : null;

    /// <summary>
    /// Whether most of a service has fallen silent. That is more often a network fault than the death of all: those that
    /// run out then are kept, and used last. Silence of two thirds of a lease tells those that are about to run out.
    /// </summary>
    public bool MostAreSilent(IEnumerable<Instance> instances)
    {
        var now = Now;
        var all = 0;
        var silent = 0;
        foreach (var instance in instances)
        {
            all++;
            if (instance.Suspect || now - LastSign(instance.Id) > instance.Lease * 2 / 3)
            {
                silent++;
            }
        }

        return all >= options.SelfPreservationMinimum && silent * 2 > all;
    }

    private TimeSpan LastSign(string id)
    {
        var resumed = time.GetElapsedTime(origin, suspensions.ResumedAt);
        return beats[id] is var beat && beat > resumed ? beat : resumed;
    }
}
