using System.Collections.Immutable;

namespace Gatehouse.Grains.Patterns;

/// <summary>
/// Events for other grains, written in the state of the grain that they come from, with the change that they tell of:
/// none is lost, and none tells of what did not happen. Delivered at least once and in order; who receives one knows it
/// again by its number.
/// </summary>
/// <typeparam name="TEvent">The events, immutable.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.outbox`1")]
public sealed record Outbox<TEvent>
{
    /// <summary>The number of the last event there was.</summary>
    [Id(0)] public long Last { get; init; }

    /// <summary>The events that may be undelivered, in order.</summary>
    [Id(1)] public ImmutableArray<OutboxEntry<TEvent>> Entries { get; init; } = [];

    /// <summary>With one more event.</summary>
    public Outbox<TEvent> Add(TEvent item) => new() { Last = Last + 1, Entries = Entries.Add(new OutboxEntry<TEvent>(Last + 1, item)) };

    /// <summary>Without what was delivered.</summary>
    /// <param name="delivered">The number of the last event that was.</param>
    public Outbox<TEvent> Without(long delivered) => Entries.IsEmpty || Entries[0].Number > delivered
        ? this
        : this with { Entries = Entries.RemoveAll(entry => entry.Number <= delivered) };
}

/// <summary>An event on its way.</summary>
/// <param name="Number">Counts the events of one grain.</param>
/// <param name="Event">The event.</param>
/// <typeparam name="TEvent">The events.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.outbox-entry`1")]
public sealed record OutboxEntry<TEvent>([property: Id(0)] long Number, [property: Id(1)] TEvent Event);
