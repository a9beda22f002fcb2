using System.Collections.Concurrent;
using Orleans.Storage;

namespace Gatehouse.Api.Tests.Views;

/// <summary>
/// A store outside the silos, as Redis is. Orleans' own memory storage keeps its data in grains, and loses it with their silo.
/// States are replaced by their grains and never changed, so they are kept as they are.
/// </summary>
internal sealed class SurvivingStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), (string ETag, object State)> records = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = records.TryGetValue((stateName, grainId), out var record);
        grainState.State = found ? (T)record.State : Activator.CreateInstance<T>();
        grainState.ETag = found ? record.ETag : null;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var written = (ETag: Guid.NewGuid().ToString("N"), State: (object)grainState.State!);
        var won = records.TryGetValue(key, out var stored)
            ? stored.ETag == grainState.ETag && records.TryUpdate(key, written, stored)
            : grainState.ETag is null && records.TryAdd(key, written);
        if (!won)
        {
            throw new InconsistentStateException("Somebody else has written.", stored.ETag, grainState.ETag);
        }

        grainState.ETag = written.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        records.TryRemove((stateName, grainId), out _);
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }
}
