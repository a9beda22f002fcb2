using System.Text.Json;
using Gatehouse.Grains.Registry;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests.Registry;

/// <summary>A store that outlives activations, keeps state as JSON, as the real one does, and fails when told to.</summary>
internal sealed class FakeServiceStore
{
    private string? json;

    public int Writes { get; private set; }

    /// <summary>What the next write does; success when null.</summary>
    public WriteFault? NextWrite { get; set; }

    /// <summary>When set, writes wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public ServiceState Read() => json is null ? new ServiceState() : JsonSerializer.Deserialize<ServiceState>(json)!;

    public IPersistentState<ServiceState> Open() => new Facet(this) { State = Read(), Etag = Etag };

    private string Etag => $"{Writes}";

    private async Task Write(Facet facet)
    {
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        if (facet.Etag != Etag)
        {
            throw new InconsistentStateException("Another activation wrote.");
        }

        var fault = NextWrite;
        NextWrite = null;
        if (fault != WriteFault.Lost)
        {
            json = JsonSerializer.Serialize(facet.State);
            Writes++;
        }

        if (fault is not null)
        {
            throw new TimeoutException("The store did not answer.");
        }

        facet.Etag = Etag;
    }

    private sealed class Facet(FakeServiceStore store) : IPersistentState<ServiceState>
    {
        public ServiceState State { get; set; } = new();

        public string Etag { get; set; } = "";

        public bool RecordExists => store.json is not null;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync()
        {
            (State, Etag) = (store.Read(), store.Etag);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync() => store.Write(this);
    }
}

internal enum WriteFault
{
    /// <summary>The write did not happen.</summary>
    Lost,

    /// <summary>The write happened; its acknowledgement was lost.</summary>
    Unacknowledged,
}
