namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>One limit, and what of it is lent to whom.</summary>
internal interface ILimitAccount
{
    /// <summary>Takes a front door's reports and lends what it asks for, as far as it is there.</summary>
    /// <param name="door">The front door.</param>
    /// <param name="ask">What it tells and asks.</param>
    /// <param name="epoch">The limiter's epoch.</param>
    /// <param name="now">The time.</param>
    LimitGrant Exchange(Guid door, LimitAsk ask, long epoch, TimeSpan now);

    /// <summary>Whether nothing is lost when it is forgotten.</summary>
    bool AtRest(TimeSpan now);

    /// <summary>What a successor must know.</summary>
    AccountSnapshot Snapshot(string key, TimeSpan now);
}
