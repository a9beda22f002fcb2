namespace Gatehouse.Grains.Registry;

/// <summary>The one timer of a service, set to the earliest of what is due.</summary>
/// <param name="leases">The clock.</param>
/// <param name="wakeAfter">Sets the timer.</param>
internal sealed class LeaseAlarm(Leases leases, Action<TimeSpan> wakeAfter)
{
    private TimeSpan? at;

    /// <summary>Sets the timer unless it goes off before anyway.</summary>
    public void WakeBy(TimeSpan due)
    {
        if (at <= due)
        {
            return;
        }

        at = due;

        // Rounded up: a timer counts whole milliseconds, and a lease never ends early.
        var wait = Math.Max(0, Math.Ceiling((due - leases.Now).TotalMilliseconds));
        wakeAfter(TimeSpan.FromMilliseconds(wait));
    }

    /// <summary>Forgets what the timer was set to: it has gone off, or everything is looked at anew.</summary>
    public void Clear() => at = null;
}
