using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests.Identity;

/// <summary>A store that outlives activations, keeps state as JSON, as the real one does, and fails when told to.</summary>
internal sealed class FakeStore<TState> where TState : new()
{
    private string? json;

    public int Writes { get; private set; }

    /// <summary>Whether the next write is lost.</summary>
    public bool FailNext { get; set; }

    public TState Read() => json is null ? new TState() : JsonSerializer.Deserialize<TState>(json)!;

    public IPersistentState<TState> Open() => new Facet(this) { State = Read(), Etag = $"{Writes}" };

    private sealed class Facet(FakeStore<TState> store) : IPersistentState<TState>
    {
        public TState State { get; set; } = new();

        public string Etag { get; set; } = "";

        public bool RecordExists => store.json is not null;

        public Task ReadStateAsync()
        {
            State = store.Read();
            Etag = $"{store.Writes}";
            return Task.CompletedTask;
        }

        public Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();

        public Task WriteStateAsync()
        {
            if (store.FailNext)
            {
                store.FailNext = false;
                throw new TimeoutException("The store did not answer.");
            }

            if (Etag != $"{store.Writes}")
            {
                throw new InconsistentStateException("Another activation wrote.");
            }

            store.json = JsonSerializer.Serialize(State);
            store.Writes++;
            Etag = $"{store.Writes}";
            return Task.CompletedTask;
        }

        public Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        public Task ClearStateAsync()
        {
            store.json = null;
            State = new TState();
            return Task.CompletedTask;
        }

        public Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();
    }
}
