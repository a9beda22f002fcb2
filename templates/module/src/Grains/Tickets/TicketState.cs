using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Tickets;

/// <summary>What the grain keeps in the store. A new member gets the next id, and none is ever used again.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.tickets.state")]
internal sealed record TicketState
{
    /// <summary>What it is called.</summary>
    [Id(0)] public string Title { get; init; } = "";

    /// <summary>How many there are.</summary>
    [Id(1)] public int Count { get; init; }

    /// <summary>Counts the changes; 0 when there is none under the id.</summary>
    [Id(2)] public long Revision { get; init; }

    /// <summary>The changes that were applied lately.</summary>
    [Id(3)] public AppliedOperations<TicketAnswer> Applied { get; init; } = new();

    /// <summary>As others see it; null when there is none.</summary>
    public TicketView? View => Revision == 0 ? null : new TicketView(Title, Count, Revision);
}
