using Gatehouse.Api.Gateway.Limits;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Tests.Gateway.Limits;

/// <summary>The limiters' real rules without a cluster, for front doors in one process.</summary>
internal sealed class BookLimiters(TimeProvider? clock = null) : ILimiterDirectory, ILimiters
{
    private readonly TimeProvider time = clock ?? TimeProvider.System;
    private readonly long startedAt = (clock ?? TimeProvider.System).GetTimestamp();
    private readonly LimiterBook book = new(1, LimiterLegacy.None, LimiterBook.ClockStart);
    private readonly Lock gate = new();

    /// <summary>Whether exchanges fail.</summary>
    public bool Broken { get; set; }

    /// <summary>How many exchanges there were.</summary>
    public int Exchanges { get; private set; }

    public ILimiters Quotas => this;

    public ILimiters Shard(int shard) => this;

    public Task<IReadOnlyList<LimiterAnswer?>> Exchange(LimitExchange exchange)
    {
        lock (gate)
        {
            Exchanges++;
            if (Broken)
            {
                return Task.FromException<IReadOnlyList<LimiterAnswer?>>(new TimeoutException());
            }

            // Each limit has a limiter of its own here, so that the order of different ones does not matter.
            var now = LimiterBook.ClockStart + time.GetElapsedTime(startedAt);
            return Task.FromResult<IReadOnlyList<LimiterAnswer?>>(
                [.. exchange.Asks.Select(ask => (LimiterAnswer?)Answer(exchange with { Asks = [ask], Sequence = Exchanges * 1000L + exchange.Asks.IndexOf(ask) }, now))]);
        }
    }

    private LimiterAnswer Answer(LimitExchange exchange, TimeSpan now)
    {
        var answer = book.Exchange(exchange, now);
        return new LimiterAnswer(answer.Epoch, answer.Grants[0]);
    }
}
