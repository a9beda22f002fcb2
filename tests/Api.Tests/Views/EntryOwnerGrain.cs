using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Api.Tests.Views;

[Alias("gatehouse.tests.entry-owner")]
public interface IEntryOwnerGrain : IGrainWithStringKey, IViewOwner
{
    [Alias("set"), ResponseTimeout("00:00:15")]
    Task Set(long value);

    /// <summary>So many reports that are asked for next hang until <see cref="Speak"/>.</summary>
    [Alias("silence")]
    Task Silence(int reports);

    [Alias("speak")]
    Task Speak();

    /// <summary>How many reports hang.</summary>
    [Alias("hanging")]
    ValueTask<int> Hanging();
}

[GenerateSerializer, Alias("gatehouse.tests.entry-state")]
public sealed class EntryState
{
    [Id(0)] public long Version { get; set; }

    [Id(1)] public long Value { get; set; }
}

/// <summary>The smallest owner there is: one entry, written, then published.</summary>
[Reentrant, GrainType("entry-owner")]
public sealed class EntryOwnerGrain([PersistentState("state")] IPersistentState<EntryState> state, TimeProvider time)
    : Grain, IEntryOwnerGrain, IDisposable
{
    public const string View = "test-entries";

    // A report reads the state that a command writes: one at a time.
    private readonly SemaphoreSlim access = new(1, 1);

    private TaskCompletionSource spoken = new();
    private int silent;
    private int hanging;

    public Task Silence(int reports)
    {
        silent = reports;
        spoken = new TaskCompletionSource();
        return Task.CompletedTask;
    }

    public Task Speak()
    {
        silent = 0;
        spoken.TrySetResult();
        return Task.CompletedTask;
    }

    public ValueTask<int> Hanging() => new(hanging);

    public async Task Set(long value)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), View, time, () => Report().AsTask());
        await outlet.Enroll();
        var version = await Write(value);
        await outlet.Publish(version, [Entry(value)]);
    }

    public async ValueTask<OwnerReport> Report()
    {
        if (silent > 0)
        {
            silent--;
            hanging++;
            await spoken.Task;
            hanging--;
        }

        await access.WaitAsync();
        try
        {
            await state.ReadStateAsync();
            return new OwnerReport(state.State.Version, state.State.Version == 0 ? [] : [Entry(state.State.Value)]);
        }
        finally
        {
            access.Release();
        }
    }

    public void Dispose() => access.Dispose();

    private async Task<long> Write(long value)
    {
        await access.WaitAsync();
        try
        {
            state.State = new EntryState { Version = state.State.Version + 1, Value = value };
            await state.WriteStateAsync();
            return state.State.Version;
        }
        finally
        {
            access.Release();
        }
    }

    private ViewChange Entry(long value) => new(this.GetPrimaryKeyString(), value);
}
