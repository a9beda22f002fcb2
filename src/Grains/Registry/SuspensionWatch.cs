namespace Gatehouse.Grains.Registry;

/// <summary>
/// Notices when this process was suspended. While it was, it heard no heartbeats, so it must not judge by their absence:
/// a silo that was frozen, voted out and resumed would otherwise expire instances that its successors keep.
/// </summary>
public sealed class SuspensionWatch : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    // Longer than a busy process is kept from looking.
    private static readonly TimeSpan Suspended = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private long lastLook;
    private long resumedAt;

    /// <summary>Starts to watch.</summary>
    public SuspensionWatch(TimeProvider time)
    {
        this.time = time;
        lastLook = resumedAt = time.GetTimestamp();
        timer = time.CreateTimer(_ => Look(), state: null, LookEvery, LookEvery);
    }

    /// <summary>When the process was last resumed, or else the watch started, as a timestamp of the clock.</summary>
    public long ResumedAt => Look();

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    // Whoever runs first after a suspension finds it, the timer or a lease that is looked at.
    private long Look()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(lastLook, now) > Suspended)
            {
                resumedAt = now;
            }

            lastLook = now;
            return resumedAt;
        }
    }
}
