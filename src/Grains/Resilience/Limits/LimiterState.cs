using System.Collections.Immutable;

namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>What a limiter keeps in the store: whose turn it is, and what was left when the last turn ended in good order.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.limiter-state")]
internal sealed record LimiterState
{
    /// <summary>The epoch, one more with each activation.</summary>
    [Id(0)] public long Epoch { get; init; }

    /// <summary>
    /// What the epoch left when it stopped; null while it lends, and for ever when it never stopped in good order.
    /// </summary>
    [Id(1)] public ImmutableArray<AccountSnapshot>? Left { get; init; }
}
