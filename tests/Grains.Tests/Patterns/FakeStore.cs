using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests.Patterns;

/// <summary>What a store does instead of acknowledging a write.</summary>
public enum StoreFault
{
    /// <summary>The write did not happen.</summary>
    Lost,

    /// <summary>The write happened; its acknowledgement was lost.</summary>
    Unacknowledged,
}

/// <summary>
/// One grain's stored state. It outlives activations, keeps JSON and tells writers apart, as the real store does, and
/// fails when told to.
/// </summary>
internal sealed class FakeStore<TState> where TState : class, new()
{
    private string? json;
    private TState? known;

    public int Writes { get; private set; }

    /// <summary>What the next write does; success when null.</summary>
    public StoreFault? NextWrite { get; set; }

    public TState Read() => known ??= json is null ? new TState() : JsonSerializer.Deserialize<TState>(json)!;

    /// <summary>The facet of a new activation.</summary>
    public IPersistentState<TState> Open() => new Facet(this) { State = Read(), Etag = Etag };

    private string Etag => $"{Writes}";

    private void Write(Facet facet)
    {
        if (facet.Etag != Etag)
        {
            throw new InconsistentStateException("Another activation wrote.");
        }

        var fault = NextWrite;
        NextWrite = null;
        if (fault != StoreFault.Lost)
        {
            json = JsonSerializer.Serialize(facet.State);
            known = default;
            Writes++;
        }

        if (fault is not null)
        {
            throw new TimeoutException("The store did not answer.");
        }

        facet.Etag = Etag;
    }

    private sealed class Facet(FakeStore<TState> store) : IPersistentState<TState>
    {
        public TState State { get; set; } = new();

        public string Etag { get; set; } = "";

        public bool RecordExists => store.json is not null;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync()
        {
            (State, Etag) = (store.Read(), store.Etag);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync()
        {
            store.Write(this);
            return Task.CompletedTask;
        }
    }
}
