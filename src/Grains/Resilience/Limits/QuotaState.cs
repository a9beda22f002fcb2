namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>What a quota keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.quota-state")]
internal sealed record QuotaState
{
    /// <summary>The beginning of the period.</summary>
    [Id(0)] public DateTimeOffset Start { get; init; }

    /// <summary>How many of the period's permits may have been lent.</summary>
    [Id(1)] public long Reserved { get; init; }
}
