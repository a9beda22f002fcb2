using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Identity.Clients;

/// <summary>What a client's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.clients.state")]
internal sealed record ClientState : IOwnedState
{
    /// <inheritdoc/>
    [Id(0)] public long Version { get; init; }

    /// <summary>Which client this is; empty before the first write.</summary>
    [Id(1)] public string Id { get; init; } = "";

    /// <summary>The client; null when there is none.</summary>
    [Id(2)] public Client? Client { get; init; }

    public ImmutableArray<ViewChange> Entries() => Client is null ? [] : [new ViewChange(Id, Client)];

    public ImmutableArray<ViewChange> LastChanges() => [new ViewChange(Id, Client)];

    /// <summary>The state with the client in it, or without one.</summary>
    public ClientState With(string id, Client? client) => new() { Version = Version + 1, Id = id, Client = client };
}
