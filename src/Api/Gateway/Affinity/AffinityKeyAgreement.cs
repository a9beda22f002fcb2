using System.Security.Cryptography;
using Gatehouse.Grains.Affinity;
using Microsoft.AspNetCore.DataProtection;

namespace Gatehouse.Api.Gateway.Affinity;

/// <summary>
/// Learns after the start what key the cluster's front doors sign affinity cookies with: the first one makes it. It is stored
/// protected by the key ring, that only this cluster's processes have.
/// </summary>
internal sealed partial class AffinityKeyAgreement(
    IGrainFactory grains, IDataProtectionProvider protection, AffinityTokens tokens, TimeProvider time, ILogger<AffinityKeyAgreement> logger)
    : BackgroundService
{
    private const int Bytes = 32;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IDataProtector protector = protection.CreateProtector("Gatehouse.Affinity.v1");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts on while the cluster is waited for.
        await Task.Yield();
        while (tokens.Key is null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                tokens.Key = await Agree(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotAgreed(logger, e);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<byte[]> Agree(CancellationToken stopping)
    {
        var grain = grains.GetGrain<IAffinityKeyGrain>(IAffinityKeyGrain.Key);
        var offered = protector.Protect(RandomNumberGenerator.GetBytes(Bytes));
        var agreed = await grain.Agree(offered, null).WaitAsync(stopping);
        try
        {
            return protector.Unprotect(agreed);
        }
        // The key ring was lost: clients find new instances, and that is all.
        catch (CryptographicException e)
        {
            Log.Replaced(logger, e);
            return protector.Unprotect(await grain.Agree(offered, agreed).WaitAsync(stopping));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The cluster did not say what key affinity cookies are signed with; asking again")]
        public static partial void NotAgreed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The key of affinity cookies was protected by another key ring, and is replaced")]
        public static partial void Replaced(ILogger logger, Exception exception);
    }
}
