using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Patterns.Index;

/// <summary>What every index grain does; a service derives its own, to give it a name and a type.</summary>
/// <param name="store">The stored entries.</param>
/// <param name="logger">Told of writes that failed.</param>
/// <typeparam name="T">What is listed.</typeparam>
public abstract partial class IndexGrain<T>(IPersistentState<SortedIndex<T>> store, ILogger logger) : Grain, IIndexGrain<T> where T : class
{
    private Ledger<SortedIndex<T>>? ledger;

    private Ledger<SortedIndex<T>> Ledger => ledger ??= new Ledger<SortedIndex<T>>(store, StepDown);

    /// <inheritdoc/>
    public Task Put(string key, T? value)
    {
        var next = Ledger.State.With(key, value);
        return ReferenceEquals(next, Ledger.State) ? Task.CompletedTask : Ledger.Write(next);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<IndexEntry<T>>> After(string? after, int limit) => new(Ledger.State.After(after, limit));

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetGrainId(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of index {Index}; reading it again")]
        public static partial void WriteFailed(ILogger logger, GrainId index, Exception cause);
    }
}
