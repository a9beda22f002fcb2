using Gatehouse.Grains.Patterns;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Tickets;

[GrainType("gatehouse.tickets.ticket")]
internal sealed partial class TicketGrain(
    [PersistentState("state")] IPersistentState<TicketState> store,
    TimeProvider time,
    ILogger<TicketGrain> logger) : Grain, ITicketGrain
{
    // Of those whose messages have all expired, for clients that repeat a request late.
    private const int Remembered = 32;

    private Ledger<TicketState>? ledger;

    private Ledger<TicketState> Ledger => ledger ??= new Ledger<TicketState>(store, StepDown);

    public ValueTask<TicketView?> Find() => new(Ledger.State.View);

    public async Task<TicketView?> Name(string title, long? revision)
    {
        var state = Ledger.State;
        if (revision is { } expected && expected != state.Revision)
        {
            return null;
        }

        var next = TicketRules.Name(state, title);
        if (next != state)
        {
            await Ledger.Write(next);
        }

        return next.View;
    }

    public async Task<TicketAnswer> Change(Operation operation, int by)
    {
        var now = time.GetUtcNow();
        operation.ThrowIfExpired(now);
        if (Ledger.State.Applied.Find(operation.Id) is { } known)
        {
            return known.Answer.By == by ? known.Answer : new TicketAnswer(TicketOutcome.IdReused, by, Ledger.State.View);
        }

        // A refusal is remembered too: the caller goes by it, while an earlier message of the change may be on its way still.
        var (next, answer) = TicketRules.Change(Ledger.State, by);
        await Ledger.Write(next with { Applied = next.Applied.Add(operation, answer, now, Remembered) });
        return answer;
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetPrimaryKeyString(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of {Id}; reading it again")]
        public static partial void WriteFailed(ILogger logger, string id, Exception cause);
    }
}
