namespace Gatehouse.Grains.Identity.Tokens;

/// <summary>The most that a setting or a client can make tokens last: what revocations and the store go by.</summary>
public static class TokenLifetimes
{
    /// <summary>The longest that an access token lives, and so that a revocation is kept.</summary>
    public static readonly TimeSpan LongestAccess = TimeSpan.FromHours(1);

    /// <summary>The longest that a refresh token lives.</summary>
    public static readonly TimeSpan LongestRefresh = TimeSpan.FromDays(30);
}
