namespace Gatehouse.Grains.Identity.Tokens;

/// <summary>
/// Where tokens, and what they were granted by, are kept: as everything else, but forgotten by the store itself, so that
/// nobody has to look for the many that nobody comes back with.
/// </summary>
public static class TokenStorage
{
    /// <summary>The storage provider's name.</summary>
    public const string Name = "Tokens";

    /// <summary>How long after its last write an entry is kept: longer than any token lives.</summary>
    public static readonly TimeSpan Retention = TokenLifetimes.LongestRefresh + TimeSpan.FromDays(2);
}
