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
    [Id(1)] public LimiterLegacy? Left { get; init; }
}

/// <summary>What a limiter that stops in good order leaves to its successor.</summary>
/// <param name="Accounts">The limits that are not as if they had never been used.</param>
/// <param name="OpenFor">
/// How long ago it, or one before it, began to lend without knowing what its predecessor had lent; null when that was never.
/// A limit that was not asked for since may have been used up by that predecessor until then.
/// </param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.legacy")]
internal sealed record LimiterLegacy(
    [property: Id(0)] ImmutableArray<AccountSnapshot> Accounts,
    [property: Id(1)] TimeSpan? OpenFor)
{
    /// <summary>Of a limiter that there never was.</summary>
    public static LimiterLegacy None { get; } = new([], null);
}
