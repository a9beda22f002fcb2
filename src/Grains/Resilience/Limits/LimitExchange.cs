using System.Collections.Immutable;

namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>What a front door tells a limiter, and asks of it.</summary>
/// <param name="Door">The front door, named anew with each start.</param>
/// <param name="Sequence">Counts the front door's exchanges with this limiter; an older one that comes late is ignored.</param>
/// <param name="Asks">One ask for each limit it is about.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.exchange")]
public sealed record LimitExchange(
    [property: Id(0)] Guid Door,
    [property: Id(1)] long Sequence,
    [property: Id(2)] ImmutableArray<LimitAsk> Asks);

/// <summary>One limit's part of an exchange.</summary>
/// <param name="Key">The limit: route, rule and whom it counts.</param>
/// <param name="Rule">What it enforces.</param>
/// <param name="Reports">What became of permits that were lent before.</param>
/// <param name="Now">How many are wanted at once.</param>
/// <param name="Ahead">How many would be used soon, when there are plenty.</param>
/// <param name="Holding">Of a limit of concurrent requests: how many slots the front door keeps.</param>
/// <param name="InUse">And how many of them have a request in them.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.ask")]
public sealed record LimitAsk(
    [property: Id(0)] string Key,
    [property: Id(1)] LimitRule Rule,
    [property: Id(2)] ImmutableArray<LeaseReport> Reports,
    [property: Id(3)] int Now,
    [property: Id(4)] int Ahead,
    [property: Id(5)] int Holding = 0,
    [property: Id(6)] int InUse = 0);

/// <summary>What became of lent permits.</summary>
/// <param name="Epoch">The epoch of the limiter that lent them.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Used">How many were used so far.</param>
/// <param name="Elapsed">How long after asking for the lease this was true.</param>
/// <param name="Closed">Whether the front door will use no more of them.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.lease-report")]
public readonly record struct LeaseReport(
    [property: Id(0)] long Epoch,
    [property: Id(1)] long Lease,
    [property: Id(2)] int Used,
    [property: Id(3)] TimeSpan Elapsed,
    [property: Id(4)] bool Closed);

/// <summary>A limiter's answer.</summary>
/// <param name="Epoch">The limiter's epoch.</param>
/// <param name="Grants">One for each ask, in the same order; none when the exchange came too late.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.answer")]
public sealed record LimitAnswer(
    [property: Id(0)] long Epoch,
    [property: Id(1)] ImmutableArray<LimitGrant> Grants);

/// <summary>What is lent.</summary>
/// <param name="Lease">The lease's number in the epoch.</param>
/// <param name="Permits">
/// How many; they may be used until the term has passed, counted from before asking. Of a limit of concurrent requests: all
/// that the front door keeps now.
/// </param>
/// <param name="Term">That term.</param>
/// <param name="Available">How many are left for everyone.</param>
/// <param name="RetryAfter">When there were fewer than wanted: after what time there may be more.</param>
/// <param name="Reset">After what time all would be there again if none were used.</param>
/// <param name="Recovering">Whether the limiter lends nothing because it does not know yet what its predecessor has lent.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.grant")]
public readonly record struct LimitGrant(
    [property: Id(0)] long Lease,
    [property: Id(1)] int Permits,
    [property: Id(2)] TimeSpan Term,
    [property: Id(3)] int Available,
    [property: Id(4)] TimeSpan RetryAfter,
    [property: Id(5)] TimeSpan Reset,
    [property: Id(6)] bool Recovering = false);
