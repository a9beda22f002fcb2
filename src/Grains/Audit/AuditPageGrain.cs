using System.Collections.Immutable;
using Orleans.Runtime;

namespace Gatehouse.Grains.Audit;

/// <summary>A sealed page of the audit log.</summary>
[GrainType("gatehouse.audit.page")]
internal sealed class AuditPageGrain([PersistentState("state")] IPersistentState<AuditPageState> store) : Grain, IAuditPageGrain
{
    public async Task Seal(ImmutableArray<AuditRecord> records)
    {
        // Sealed again when its sealing was not noted: the end of the log had these very records stored before.
        if (!store.RecordExists)
        {
            store.State = new AuditPageState { Records = records };
            await store.WriteStateAsync();
        }
    }

    public ValueTask<ImmutableArray<AuditRecord>> Read() => ValueTask.FromResult(store.State.Records);

    public async Task Drop()
    {
        if (store.RecordExists)
        {
            await store.ClearStateAsync();
        }

        DeactivateOnIdle();
    }
}

/// <summary>A page as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.audit.page-state")]
internal sealed record AuditPageState
{
    /// <summary>The records, oldest first.</summary>
    [Id(0)] public ImmutableArray<AuditRecord> Records { get; init; } = [];
}
