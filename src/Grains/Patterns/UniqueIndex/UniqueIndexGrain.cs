using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Patterns.UniqueIndex;

[GrainType("gatehouse.patterns.unique-index")]
internal sealed partial class UniqueIndexGrain(
    [PersistentState("state")] IPersistentState<UniqueEntry> store,
    TimeProvider time,
    ILogger<UniqueIndexGrain> logger) : Grain, IUniqueIndexGrain
{
    private Ledger<UniqueEntry>? ledger;

    private Ledger<UniqueEntry> Ledger => ledger ??= new Ledger<UniqueEntry>(store, StepDown);

    public async Task<string> Claim(string owner, TimeSpan validity)
    {
        await Write(Ledger.State.Claim(owner, time.GetUtcNow(), validity));
        return Ledger.State.Owner!;
    }

    public async Task<bool> Confirm(string owner)
    {
        await Write(Ledger.State.Confirm(owner));
        return Ledger.State is { Lapses: null } confirmed && confirmed.Owner == owner;
    }

    public Task Release(string owner) => Write(Ledger.State.Release(owner));

    public ValueTask<string?> Find() => new(Ledger.State.Lapses is null ? Ledger.State.Owner : null);

    private Task Write(UniqueEntry next) => next == Ledger.State ? Task.CompletedTask : Ledger.Write(next);

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetPrimaryKeyString(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of {Value}; reading it again")]
        public static partial void WriteFailed(ILogger logger, string value, Exception cause);
    }
}
