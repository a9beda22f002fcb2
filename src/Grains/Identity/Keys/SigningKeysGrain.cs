using System.Collections.Immutable;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Keys;

/// <summary>The signing keys. Looks at the schedule every minute; reconciling its view keeps it activated.</summary>
[GrainType("gatehouse.keys")]
internal sealed partial class SigningKeysGrain(
    [PersistentState("state")] IPersistentState<SigningKeysState> store,
    IOptions<SigningKeyOptions> options,
    ISigningKeyMint mint,
    IAuditTrail audit,
    TimeProvider time,
    ILogger<SigningKeysGrain> logger) : OwnerGrain<SigningKeysState>(store, ViewNames.SigningKeys, time, logger), ISigningKeysGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);

    private readonly KeySchedule schedule = new(options.Value);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        this.RegisterGrainTimer(_ => Ensure(), new GrainTimerCreationOptions(Tick, Tick));
    }

    public async Task Ensure()
    {
        var minted = await Mint(schedule.Wanting(Ledger.State.Keys, Time.GetUtcNow()));
        await Change(keys => schedule.At(keys, minted, Time.GetUtcNow()));
    }

    public async Task<ImmutableArray<SigningKey>> Rotate(bool immediately)
    {
        var minted = await Mint(KeySchedule.Rotating(Ledger.State.Keys));
        return await Change(keys => KeySchedule.Rotate(keys, minted, immediately, Time.GetUtcNow()));
    }

    public async Task<bool> Revoke(string id)
    {
        if (!Ledger.State.Keys.Any(key => key.Id == id))
        {
            return false;
        }

        var left = Ledger.State.Keys.RemoveAll(key => key.Id == id);
        var minted = await Mint(schedule.Wanting(left, Time.GetUtcNow()));
        await Change(keys => schedule.At(keys.RemoveAll(key => key.Id == id), minted, Time.GetUtcNow()));
        Log.Revoked(Logger, id);
        return true;
    }

    public ValueTask<ImmutableArray<SigningKey>> List() => ValueTask.FromResult(Ledger.State.Keys);

    private async Task<ImmutableArray<SigningKey>> Change(Func<ImmutableArray<SigningKey>, ImmutableArray<SigningKey>> decide)
    {
        var before = Ledger.State.Keys;
        var state = await Ledger.Run(state => state.With(decide(state.Keys)));
        foreach (var key in state.Keys.Except(before))
        {
            Log.Changed(Logger, key.Algorithm, key.Id, key.Status);
            Record(key.Id, key.Status.ToString());
        }

        foreach (var key in before.Where(key => state.Keys.All(kept => kept.Id != key.Id)))
        {
            Record(key.Id, "Removed");
        }

        return state.Keys;
    }

    private void Record(string key, string status) => audit.Record(new AuditEvent
    {
        Type = "signing-key.changed",
        Actor = "system",
        Target = $"signing-key:{key}",
        Details = ImmutableDictionary<string, string>.Empty.Add("status", status),
    });

    // A key takes a good part of a second to make.
    private Task<SigningKey[]> Mint(ImmutableArray<SigningAlgorithm> algorithms) => Task.Run(() => algorithms.Select(algorithm =>
    {
        var minted = mint.Mint(algorithm);
        return new SigningKey(minted.Id, algorithm, SigningKeyStatus.Announced, minted.PublicKey, minted.ProtectedKey, Time.GetUtcNow());
    }).ToArray());

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "SigningKeyChanged", Level = LogLevel.Information, Message = "{Algorithm} key {Key} is {Status}")]
        public static partial void Changed(ILogger logger, SigningAlgorithm algorithm, string key, SigningKeyStatus status);

        [LoggerMessage(EventId = 2, EventName = "SigningKeyRevoked", Level = LogLevel.Warning, Message = "Signing key {Key} is revoked")]
        public static partial void Revoked(ILogger logger, string key);
    }
}
