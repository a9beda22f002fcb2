namespace Gatehouse.Api.Gateway.Limits;

/// <summary>What a limit says to a request.</summary>
/// <param name="Verdict">Whether it is admitted.</param>
/// <param name="Remaining">How many more are likely to be, over all front doors.</param>
/// <param name="Reset">After what time all permits are there again.</param>
/// <param name="RetryAfter">When it was refused: after what time there may be a permit.</param>
/// <param name="From">What the permit was taken from, if it can be put back.</param>
internal readonly record struct Admission(
    Verdict Verdict, int Remaining, TimeSpan Reset, TimeSpan RetryAfter, PermitLease? From = null);

/// <summary>The answers of a limit.</summary>
internal enum Verdict
{
    /// <summary>There was a permit, and it is used.</summary>
    Admitted = 0,

    /// <summary>There is none.</summary>
    Refused,

    /// <summary>The limiter does not answer, or does not know yet.</summary>
    Unknown,
}
