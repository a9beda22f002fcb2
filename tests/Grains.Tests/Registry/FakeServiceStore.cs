using System.Text.Json;
using Gatehouse.Grains.Registry;
using Orleans.Runtime;

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

    public IPersistentState<ServiceState> Open() => new Facet(this) { State = Read() };

    private async Task Write(ServiceState state)
    {
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        var fault = NextWrite;
        NextWrite = null;
        if (fault != WriteFault.Lost)
        {
            json = JsonSerializer.Serialize(state);
            Writes++;
        }

        if (fault is not null)
        {
            throw new TimeoutException("The store did not answer.");
        }
    }

    private sealed class Facet(FakeServiceStore store) : IPersistentState<ServiceState>
    {
        public ServiceState State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => store.json is not null;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task WriteStateAsync() => store.Write(State);
    }
}

internal enum WriteFault
{
    /// <summary>The write did not happen.</summary>
    Lost,

    /// <summary>The write happened; its acknowledgement was lost.</summary>
    Unacknowledged,
}
