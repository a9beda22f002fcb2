using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Tokens;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Clients;

[GrainType("gatehouse.clients.client")]
internal sealed partial class ClientGrain(
    [PersistentState("state")] IPersistentState<ClientState> store,
    TimeProvider time,
    ILogger<ClientGrain> logger) : OwnerGrain<ClientState>(store, ViewNames.Clients, time, logger), IClientGrain
{
    private string Id => this.GetPrimaryKeyString();

    public ValueTask<bool> Existed() => ValueTask.FromResult(Ledger.State.Version > 0);

    public async Task<ClientPut> Put(Client client, ClientSecret first)
    {
        if (client.Id != Id)
        {
            throw new ArgumentException($"The client is {client.Id}, not {Id}.", nameof(client));
        }

        var before = Ledger.State.Client;
        var secret = client.Public ? null : before?.Secret ?? first;
        await Ledger.Run(state => state.With(Id, client with { Secret = secret }));
        if (client.Disabled)
        {
            await RefuseTokens();
        }

        Log.Put(Logger, Id, client.Disabled);
        return new ClientPut(before is null, ReferenceEquals(secret, first));
    }

    public async Task<bool> SetSecret(ClientSecret secret)
    {
        if (Ledger.State.Client is not { Public: false })
        {
            return false;
        }

        await Ledger.Run(state => state.With(Id, state.Client! with { Secret = secret }));
        Log.SecretSet(Logger, Id);
        return true;
    }

    public async Task<bool> Delete()
    {
        var existed = Ledger.State.Client is not null;
        await Ledger.Run(state => state.Client is null ? state : state.With(Id, null));
        if (existed)
        {
            await RefuseTokens();
            Log.Deleted(Logger, Id);
        }
        else if (Ledger.State.Version == 0)
        {
            // Anything can be named in a request: what never was must not fill the memory.
            DeactivateOnIdle();
        }

        return existed;
    }

    private Task RefuseTokens() =>
        GrainFactory.Revoke(RevocationKey.Client(Id), Time.GetUtcNow() + TokenLifetimes.LongestAccess);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "ClientPut", Level = LogLevel.Information, Message = "Client {Client} is put (disabled: {Disabled})")]
        public static partial void Put(ILogger logger, string client, bool disabled);

        [LoggerMessage(EventId = 2, EventName = "ClientSecretSet", Level = LogLevel.Information, Message = "Client {Client} has a new secret")]
        public static partial void SecretSet(ILogger logger, string client);

        [LoggerMessage(EventId = 3, EventName = "ClientDeleted", Level = LogLevel.Information, Message = "Client {Client} is deleted")]
        public static partial void Deleted(ILogger logger, string client);
    }
}
