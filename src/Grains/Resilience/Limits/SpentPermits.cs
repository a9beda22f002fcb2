namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>Permits that are used up.</summary>
/// <param name="Permits">How many.</param>
/// <param name="BackAfter">After what time they are there again, where that is known.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.spent")]
internal readonly record struct SpentPermits([property: Id(0)] int Permits, [property: Id(1)] TimeSpan BackAfter);
