using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>The way to the limiters of one link.</summary>
internal interface ILimiters
{
    /// <summary>Sends an exchange; an answer for each ask, null where there was none.</summary>
    Task<IReadOnlyList<LimiterAnswer?>> Exchange(LimitExchange exchange);
}

/// <summary>All limiters there are.</summary>
internal interface ILimiterDirectory
{
    /// <summary>One of the <see cref="ILimiterGrain.Shards"/> that count in memory.</summary>
    ILimiters Shard(int shard);

    /// <summary>Those that keep quotas.</summary>
    ILimiters Quotas { get; }
}

/// <summary>The limiters of the cluster.</summary>
internal sealed class ClusterLimiters(IGrainFactory grains) : ILimiterDirectory
{
    public ILimiters Quotas { get; } = new QuotaLimiters(grains);

    public ILimiters Shard(int shard) => new ShardLimiters(grains, shard);
}

/// <summary>The answer to one ask.</summary>
/// <param name="Epoch">The limiter's epoch.</param>
/// <param name="Grant">What it lends.</param>
internal readonly record struct LimiterAnswer(long Epoch, LimitGrant Grant);

/// <summary>A limiter that counts in memory, for many keys.</summary>
internal sealed class ShardLimiters(IGrainFactory grains, int shard) : ILimiters
{
    public async Task<IReadOnlyList<LimiterAnswer?>> Exchange(LimitExchange exchange)
    {
        var answer = await grains.GetGrain<ILimiterGrain>(shard).Exchange(exchange);
        return [.. answer.Grants.Select(grant => (LimiterAnswer?)new LimiterAnswer(answer.Epoch, grant))];
    }
}

/// <summary>Quotas, each kept by a grain of its own.</summary>
internal sealed class QuotaLimiters(IGrainFactory grains) : ILimiters
{
    public async Task<IReadOnlyList<LimiterAnswer?>> Exchange(LimitExchange exchange) =>
        await Task.WhenAll(exchange.Asks.Select(ask => Ask(exchange, ask)));

    private async Task<LimiterAnswer?> Ask(LimitExchange exchange, LimitAsk ask)
    {
        try
        {
            var answer = await grains.GetGrain<IQuotaGrain>(ask.Key).Exchange(exchange with { Asks = [ask] });
            return new LimiterAnswer(answer.Epoch, answer.Grants[0]);
        }
        catch (Exception)
        {
            // One quota that does not answer says nothing of the others; whose it is, is told that it is unknown.
            return null;
        }
    }
}
