namespace Gatehouse.Grains.Tickets;

/// <summary>The rules: state in, next state and answer out. There are never fewer than none.</summary>
internal static class TicketRules
{
    /// <summary>Gives it a title.</summary>
    public static TicketState Name(TicketState state, string title) =>
        state.Title == title ? state : state with { Title = title, Revision = state.Revision + 1 };

    /// <summary>Makes them more or fewer.</summary>
    public static (TicketState Next, TicketAnswer Answer) Change(TicketState state, int by)
    {
        if (state.Revision == 0)
        {
            return (state, new TicketAnswer(TicketOutcome.NotFound, by, null));
        }

        if (state.Count + (long)by is < 0 or > ITicketGrain.Most)
        {
            return (state, new TicketAnswer(TicketOutcome.TooFew, by, state.View));
        }

        var next = state with { Count = state.Count + by, Revision = state.Revision + 1 };
        return (next, new TicketAnswer(TicketOutcome.Done, by, next.View));
    }
}
