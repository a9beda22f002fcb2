using Gatehouse.Grains.Patterns;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Tickets;

/// <summary>Something of which there are so many. The key is its id.</summary>
[Alias("gatehouse.tickets.ticket")]
public interface ITicketGrain : IGrainWithStringKey
{
    /// <summary>The most that there can be.</summary>
    const int Most = 1_000_000;

    /// <summary>What it is and how many there are; null when there is none under this id.</summary>
    [Alias("find"), ReadOnly]
    ValueTask<TicketView?> Find();

    /// <summary>Says what it is called; the first time makes it. Null when the condition does not hold.</summary>
    /// <param name="title">The title.</param>
    /// <param name="revision">The revision that must be in force; null for any, or none.</param>
    [Alias("name")]
    Task<TicketView?> Name(string title, long? revision);

    /// <summary>Makes them more or fewer. A repetition, known by the operation's id, is answered as the first time.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="by">How many more, or, negative, fewer.</param>
    [Alias("change")]
    Task<TicketAnswer> Change(Operation operation, int by);
}

/// <summary>What others see of it.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Revision">Counts the changes.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.tickets.view")]
public sealed record TicketView([property: Id(0)] string Title, [property: Id(1)] int Count, [property: Id(2)] long Revision);

/// <summary>What became of a change, the same when it is repeated.</summary>
/// <param name="Outcome">Whether it was done, or why not.</param>
/// <param name="By">The change.</param>
/// <param name="View">What there was then.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.tickets.answer")]
public sealed record TicketAnswer([property: Id(0)] TicketOutcome Outcome, [property: Id(1)] int By, [property: Id(2)] TicketView? View);

/// <summary>Whether a change was done.</summary>
[GenerateSerializer, Alias("gatehouse.tickets.outcome")]
public enum TicketOutcome
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>There is none under the id.</summary>
    NotFound = 1,

    /// <summary>There are not so many.</summary>
    TooFew = 2,

    /// <summary>The operation's id was used for another change before.</summary>
    IdReused = 3,
}
