using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Identity.ApiKeys;

/// <summary>The API keys as they are stored, and what commands make of them.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.api-keys-state")]
internal sealed record ApiKeysState : IOwnedState
{
    /// <inheritdoc/>
    [Id(0)] public long Version { get; init; }

    /// <summary>The keys, oldest first.</summary>
    [Id(1)] public ImmutableArray<ApiKey> Keys { get; init; } = [];

    /// <summary>The ids that the write to this version changed.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    public ImmutableArray<ViewChange> Entries() => [.. Keys.Select(key => new ViewChange(key.Id, key))];

    public ImmutableArray<ViewChange> LastChanges() => [.. Changed.Select(id => new ViewChange(id, Find(id)))];

    public ApiKey? Find(string id) => Keys.FirstOrDefault(key => key.Id == id);

    public ApiKeysState Add(ApiKey key) =>
        Find(key.Id) is not null || Keys.Length >= IApiKeysGrain.MaxKeys ? this : Next(Keys.Add(key), [key.Id]);

    public ApiKeysState Remove(string id) => Find(id) is { } known ? Next(Keys.Remove(known), [id]) : this;

    /// <summary>Without the keys that have ended.</summary>
    public ApiKeysState Purge(DateTimeOffset now)
    {
        ImmutableArray<string> ended = [.. Keys.Where(key => key.ExpiresAt <= now).Select(key => key.Id)];
        return ended.IsEmpty ? this : Next(Keys.RemoveAll(key => ended.Contains(key.Id)), ended);
    }

    private ApiKeysState Next(ImmutableArray<ApiKey> keys, ImmutableArray<string> changed) =>
        new() { Version = Version + 1, Keys = keys, Changed = changed };
}
