using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Identity.Keys;

/// <summary>What the signing keys' grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.keys.state")]
internal sealed record SigningKeysState : IOwnedState
{
    /// <inheritdoc/>
    [Id(0)] public long Version { get; init; }

    /// <summary>The keys, oldest first.</summary>
    [Id(1)] public ImmutableArray<SigningKey> Keys { get; init; } = [];

    /// <summary>The ids that the write to this version changed.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    public ImmutableArray<ViewChange> Entries() => [.. Keys.Select(key => new ViewChange(key.Id, key))];

    public ImmutableArray<ViewChange> LastChanges() =>
        [.. Changed.Select(id => new ViewChange(id, Keys.FirstOrDefault(key => key.Id == id)))];

    /// <summary>The state with other keys; the same when they are no others.</summary>
    public SigningKeysState With(ImmutableArray<SigningKey> keys)
    {
        var changed = keys.Except(Keys).Select(key => key.Id)
            .Union(Keys.Select(key => key.Id).Except(keys.Select(key => key.Id)))
            .ToImmutableArray();
        return changed.IsEmpty ? this : new() { Version = Version + 1, Keys = keys, Changed = changed };
    }
}
