using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Identity.Clients;

/// <summary>
/// Owns one client; the key is its <c>client_id</c>. A change is written, then published to the <c>clients</c> view: when
/// a command returns, every front door goes by it. All commands are idempotent.
/// </summary>
[Alias("gatehouse.clients.grain")]
public interface IClientGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>Whether there ever was such a client, a deleted one too.</summary>
    [Alias("existed")]
    ValueTask<bool> Existed();

    /// <summary>Makes the client, or changes it. The secret it has stays.</summary>
    /// <param name="client">The client; its secret is not looked at.</param>
    /// <param name="first">The secret of a confidential client that has none yet.</param>
    /// <returns>Whether the client is new, and whether <paramref name="first"/> is its secret now.</returns>
    [Alias("put"), ResponseTimeout("00:00:30")]
    Task<ClientPut> Put(Client client, ClientSecret first);

    /// <summary>Gives the client another secret; the one before is worth nothing when this returns.</summary>
    /// <returns>False when there is no such client, or it is a public one.</returns>
    [Alias("set-secret"), ResponseTimeout("00:00:30")]
    Task<bool> SetSecret(ClientSecret secret);

    /// <summary>Takes the client out, and has its tokens refused.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("delete"), ResponseTimeout("00:00:30")]
    Task<bool> Delete();
}

/// <summary>What <see cref="IClientGrain.Put"/> did.</summary>
/// <param name="Created">Whether the client is new.</param>
/// <param name="SecretTaken">Whether the secret that came along is the client's now.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.clients.put")]
public sealed record ClientPut([property: Id(0)] bool Created, [property: Id(1)] bool SecretTaken);
