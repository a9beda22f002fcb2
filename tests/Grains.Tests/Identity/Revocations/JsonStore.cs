using System.Text.Json;
using Orleans.Runtime;

namespace Gatehouse.Grains.Tests.Identity.Revocations;

/// <summary>A store that outlives activations, keeps state as JSON, as the real one does, and loses a write when told to.</summary>
internal sealed class JsonStore<T> where T : class, new()
{
    private string? json;

    public int Writes { get; private set; }

    /// <summary>When set, writes wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Whether the next write throws.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether a write that throws has happened all the same.</summary>
    public bool Happens { get; set; }

    public T State => json is null ? new T() : JsonSerializer.Deserialize<T>(json)!;

    public IPersistentState<T> Open() => new Facet(this) { State = State };

    private async Task Write(T state)
    {
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        var fails = Fails;
        Fails = false;
        if (!fails || Happens)
        {
            json = JsonSerializer.Serialize(state);
            Writes++;
        }

        if (fails)
        {
            throw new TimeoutException("The store did not answer.");
        }
    }

    private sealed class Facet(JsonStore<T> store) : IPersistentState<T>
    {
        public T State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => store.json is not null;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync()
        {
            State = store.State;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync() => store.Write(State);
    }
}
