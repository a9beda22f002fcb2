namespace Gatehouse.Grains.Patterns;

/// <summary>
/// Delivers what is in an outbox, one event after another. Interleaves with the grain's commands, so that two grains may
/// write to each other; therefore it does not touch the state, and only tells what may be taken out at the next write.
/// </summary>
/// <param name="read">The outbox as it is written.</param>
/// <param name="deliver">Takes an event to where it belongs.</param>
/// <typeparam name="TEvent">The events.</typeparam>
public sealed class OutboxDelivery<TEvent>(Func<Outbox<TEvent>> read, Func<TEvent, Task> deliver)
{
    private bool running;

    /// <summary>The number of the last event that was delivered.</summary>
    public long Delivered { get; private set; }

    /// <summary>Whether everything is delivered.</summary>
    public bool IsDone => read().Entries is var entries && (entries.IsEmpty || entries[^1].Number <= Delivered);

    /// <summary>Delivers what there is, and what comes meanwhile; ends at the first event that cannot be delivered.</summary>
    /// <exception cref="Exception">What the delivery threw; the event stays.</exception>
    public async Task Run()
    {
        if (running)
        {
            return;
        }

        running = true;
        try
        {
            while (Next() is { } next)
            {
                await deliver(next.Event);
                Delivered = next.Number;
            }
        }
        finally
        {
            running = false;
        }
    }

    private OutboxEntry<TEvent>? Next()
    {
        foreach (var entry in read().Entries)
        {
            if (entry.Number > Delivered)
            {
                return entry;
            }
        }

        return null;
    }
}
