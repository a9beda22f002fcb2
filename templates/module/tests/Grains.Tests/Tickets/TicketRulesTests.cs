using CsCheck;
using Gatehouse.Grains.Tickets;

namespace Gatehouse.Grains.Tests.Tickets;

public sealed class TicketRulesTests
{
    private static readonly TicketState Known = TicketRules.Name(new TicketState(), "Known");

    [Fact]
    public void Change_ofWhatIsNotThere_isRefused() => TicketRules.Change(new TicketState(), 1).Answer.Outcome.ShouldBe(TicketOutcome.NotFound);

    [Fact]
    public void Change_belowNone_isRefusedAndChangesNothing()
    {
        var (next, answer) = TicketRules.Change(Known, -1);

        answer.Outcome.ShouldBe(TicketOutcome.TooFew);
        next.ShouldBe(Known);
    }

    [Fact]
    public void Count_afterAnyChanges_isTheSumOfThoseThatWereDoneAndNeverNegative() => Gen.Int[-20, 20].Array.Sample(changes =>
    {
        var (state, sum) = (Known, 0);
        foreach (var by in changes)
        {
            (state, var answer) = TicketRules.Change(state, by);
            sum += answer.Outcome == TicketOutcome.Done ? by : 0;
            state.Count.ShouldBe(sum);
            sum.ShouldBeGreaterThanOrEqualTo(0);
        }
    });
}
