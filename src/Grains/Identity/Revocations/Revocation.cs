namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>
/// That a key is revoked. In seconds since 1970, as tokens have them: a shard is written whole with every batch, so its
/// entries are small.
/// </summary>
/// <param name="At">When it was revoked, rounded up; a user or client who was allowed back gets tokens issued later.</param>
/// <param name="Until">When the last token that bears the key has expired everywhere.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.revocation")]
public sealed record Revocation([property: Id(0)] long At, [property: Id(1)] long Until)
{
    /// <summary>How far a token is accepted beyond its end by a front door whose clock is late; a revocation outlasts that.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    /// <summary>The clock that stamps a token may be ahead of the one that stamps its revocation by so many seconds.</summary>
    public const long ClockTolerance = 5;

    /// <summary>Whether a token is revoked by it.</summary>
    /// <param name="key">The key that the token bears.</param>
    /// <param name="issuedAt">When the token was issued, in seconds since 1970.</param>
    public bool Covers(string key, long issuedAt) => !RevocationKey.SparesLater(key) || issuedAt <= At + ClockTolerance;

    /// <summary>The later of both in each respect.</summary>
    internal Revocation Join(Revocation? other) =>
        other is null ? this : new Revocation(Math.Max(At, other.At), Math.Max(Until, other.Until));
}
