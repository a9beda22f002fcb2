namespace Gatehouse.Api.Views;

/// <summary>
/// How long this process has been awake without a lease. Time in which the process was suspended does not count: after
/// it, nobody has tried to renew yet, and the last known state must not be used as if the cluster were unreachable.
/// </summary>
/// <param name="patience">How long reads wait for a renewal.</param>
/// <param name="suspended">A longer silence between two looks, which a running process takes often, is a suspension.</param>
/// <param name="time">The clock.</param>
internal sealed class LapseWatch(TimeSpan patience, TimeSpan suspended, TimeProvider time)
{
    private readonly Lock gate = new();
    private long? since;
    private long lastLook;

    /// <summary>Whether the lapse has lasted for longer than reads wait.</summary>
    public bool Overdue
    {
        get
        {
            lock (gate)
            {
                return since is { } start && !WasSuspended && time.GetElapsedTime(start) >= patience;
            }
        }
    }

    private bool WasSuspended => time.GetElapsedTime(lastLook) > suspended;

    /// <summary>Looks at a lapse.</summary>
    /// <returns>How long a read may still wait; zero when it must make do with the last known state.</returns>
    public TimeSpan Noticed()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (since is null || WasSuspended)
            {
                since = now;
            }

            lastLook = now;
            return patience - time.GetElapsedTime(since.Value, now);
        }
    }

    /// <summary>The lease holds again.</summary>
    public void Reset()
    {
        lock (gate)
        {
            since = null;
        }
    }
}
