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
    ILogger<ClientGrain> logger) : Grain, IClientGrain, IDisposable
{
    private OwnerLedger<ClientState>? ledger;

    private OwnerLedger<ClientState> Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ViewNames.Clients, time, () => Ledger.Report());
        ledger = new OwnerLedger<ClientState>(store, outlet.Enroll, outlet.Publish, StepDown);
        return Task.CompletedTask;
    }

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

        Log.Put(logger, Id, client.Disabled);
        return new ClientPut(before is null, ReferenceEquals(secret, first));
    }

    public async Task<bool> SetSecret(ClientSecret secret)
    {
        if (Ledger.State.Client is not { Public: false })
        {
            return false;
        }

        await Ledger.Run(state => state.With(Id, state.Client! with { Secret = secret }));
        Log.SecretSet(logger, Id);
        return true;
    }

    public async Task<bool> Delete()
    {
        var existed = Ledger.State.Client is not null;
        await Ledger.Run(state => state.Client is null ? state : state.With(Id, null));
        if (existed)
        {
            await RefuseTokens();
            Log.Deleted(logger, Id);
        }
        else if (Ledger.State.Version == 0)
        {
            // Anything can be named in a request: what never was must not fill the memory.
            DeactivateOnIdle();
        }

        return existed;
    }

    public ValueTask<OwnerReport> Report() => new(Ledger.Report());

    public void Dispose() => ledger?.Dispose();

    private Task RefuseTokens() =>
        GrainFactory.Revoke(RevocationKey.Client(Id), time.GetUtcNow() + TokenLifetimes.LongestAccess);

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, Id, cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "ClientPut", Level = LogLevel.Information, Message = "Client {Client} is put (disabled: {Disabled})")]
        public static partial void Put(ILogger logger, string client, bool disabled);

        [LoggerMessage(EventId = 2, EventName = "ClientSecretSet", Level = LogLevel.Information, Message = "Client {Client} has a new secret")]
        public static partial void SecretSet(ILogger logger, string client);

        [LoggerMessage(EventId = 3, EventName = "ClientDeleted", Level = LogLevel.Information, Message = "Client {Client} is deleted")]
        public static partial void Deleted(ILogger logger, string client);

        [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "The store did not acknowledge a write of client {Client}; reading it again")]
        public static partial void WriteFailed(ILogger logger, string client, Exception cause);
    }
}
