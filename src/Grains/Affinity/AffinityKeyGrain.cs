using Orleans.Runtime;

namespace Gatehouse.Grains.Affinity;

/// <summary>The key of affinity cookies: the first that is offered.</summary>
[GrainType("gatehouse.affinity.key")]
internal sealed class AffinityKeyGrain([PersistentState("state")] IPersistentState<AffinityKeyState> store) : Grain, IAffinityKeyGrain
{
    public async Task<byte[]> Agree(byte[] offered, byte[]? unreadable)
    {
        var kept = store.State.Protected;
        if (kept is not null && (unreadable is null || !kept.AsSpan().SequenceEqual(unreadable)))
        {
            return kept;
        }

        store.State.Protected = offered;
        try
        {
            await store.WriteStateAsync();
            return offered;
        }
        catch (Exception)
        {
            // Another activation may have written; what is there is read again.
            DeactivateOnIdle();
            throw;
        }
    }
}
