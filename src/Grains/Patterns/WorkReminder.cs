namespace Gatehouse.Grains.Patterns;

/// <summary>
/// The one reminder of a grain that leaves things half-done or due: set before the write that makes it necessary, so that
/// no crash leaves work that nobody comes back to. It costs a storage call at the first command of many, not at each.
/// </summary>
/// <param name="set">Sets the reminder: when it is due first.</param>
/// <param name="clear">Takes it away.</param>
/// <param name="time">The clock.</param>
public sealed class WorkReminder(Func<TimeSpan, Task> set, Func<Task> clear, TimeProvider time)
{
    /// <summary>The shortest time that reminders can be set to, and the longest that a saga whose coordinator died waits.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    // Reminders take no longer times; it is set again when it has fired.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private bool isSoon;
    private bool used;

    /// <summary>Makes sure that the reminder fires within <see cref="Soon"/>.</summary>
    public async Task Ensure()
    {
        used = true;
        if (!isSoon)
        {
            await set(Soon);
            isSoon = true;
        }
    }

    /// <summary>
    /// To be called when the reminder has fired and nothing is half-done: lets it rest until something is due, or for
    /// good. A grain that was busy meanwhile keeps it, so that it is not set and cleared again and again.
    /// </summary>
    /// <param name="due">When there is something to do next; null for never.</param>
    public async Task Rest(DateTimeOffset? due)
    {
        if (used)
        {
            used = false;
            isSoon = true;
            return;
        }

        isSoon = false;
        if (due is { } at)
        {
            var wait = at - time.GetUtcNow();
            await set(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, Soon.Ticks, Longest.Ticks)));
        }
        else
        {
            await clear();
        }
    }
}
