using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Registry;

/// <summary>
/// Turns snapshots into a watcher's events. The id, the view's version, is on the last event of a step only: a watcher
/// that was cut off in the middle gets the whole step again.
/// </summary>
/// <param name="history">What changed when.</param>
/// <param name="service">The one service to watch, or null for all.</param>
/// <param name="position">The version the watcher has, or null.</param>
internal sealed class WatchStream(RegistryHistory history, string? service, ViewVersion? position)
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly List<(string Event, byte[] Data)> events = [];
    private RegistrySnapshot? previous;

    /// <summary>The events that lead to the snapshot; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Next(RegistrySnapshot snapshot)
    {
        buffer.ResetWrittenCount();
        if (snapshot.Version == ViewVersion.None || snapshot.Version <= position)
        {
            // Nothing new, or this front door has not yet what the watcher saw at another one.
            return buffer.WrittenMemory;
        }

        events.Clear();
        if (position is { } known && history.TryGetSince(known, out var keys))
        {
            foreach (var key in keys.Where(Watched))
            {
                Change(snapshot, key);
            }
        }
        else
        {
            Add("reset", new WatchReset(snapshot.Version.ToString()), RegistryJson.Default.WatchReset);
            foreach (var instance in All(snapshot).Where(IsRegistered))
            {
                Add("upserted", InstanceBody.Of(instance), RegistryJson.Default.InstanceBody);
            }
        }

        previous = snapshot;
        position = snapshot.Version;
        Write();
        return buffer.WrittenMemory;
    }

    /// <summary>A sign of life, which also brings the watcher's resume point up to date.</summary>
    public ReadOnlyMemory<byte> KeepAlive()
    {
        buffer.ResetWrittenCount();
        Text(position is { } version ? $": alive\nid: {version}\n\n" : ": alive\n\n");
        return buffer.WrittenMemory;
    }

    private void Change(RegistrySnapshot snapshot, string key)
    {
        var before = Find(previous, key);
        var after = Find(snapshot, key);
        if (previous is not null && (ReferenceEquals(before, after) || (!IsRegistered(before) && !IsRegistered(after))))
        {
            return;
        }

        if (IsRegistered(after))
        {
            Add("upserted", InstanceBody.Of(after!), RegistryJson.Default.InstanceBody);
        }
        else
        {
            var slash = key.IndexOf('/', StringComparison.Ordinal);
            Add("removed", new InstanceRemoved(key[..slash], key[(slash + 1)..]), RegistryJson.Default.InstanceRemoved);
        }
    }

    private void Add<T>(string name, T data, JsonTypeInfo<T> type) => events.Add((name, JsonSerializer.SerializeToUtf8Bytes(data, type)));

    private void Write()
    {
        for (var i = 0; i < events.Count; i++)
        {
            var (name, data) = events[i];
            Text($"event: {name}\n");
            if (i == events.Count - 1)
            {
                Text($"id: {position}\n");
            }

            Text("data: ");
            buffer.Write(data);
            Text("\n\n");
        }
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, buffer);

    private IEnumerable<Instance> All(RegistrySnapshot snapshot)
    {
        if (service is null)
        {
            return snapshot.Services.Values.SelectMany(known => known.All.Values);
        }

        return snapshot.Services.TryGetValue(service, out var one) ? one.All.Values : [];
    }

    private bool Watched(string key) =>
        service is null || (key.Length > service.Length && key[service.Length] == '/' && key.StartsWith(service, StringComparison.Ordinal));

    private static bool IsRegistered(Instance? instance) => instance is { Action: not InstanceAction.Deleted };

    private static Instance? Find(RegistrySnapshot? snapshot, string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return snapshot is not null && snapshot.Services.TryGetValue(key[..slash], out var known)
            ? known.All.GetValueOrDefault(key[(slash + 1)..])
            : null;
    }
}
