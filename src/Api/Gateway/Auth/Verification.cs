namespace Gatehouse.Api.Gateway.Auth;

/// <summary>What came of looking at a credential: it is verified, or why not.</summary>
/// <param name="Credential">The credential; null when it is not accepted.</param>
/// <param name="Refusal">Why it is not.</param>
/// <param name="Reason">The same in words, for the log alone: a caller is not told what was wrong with a forgery.</param>
internal readonly record struct Verification(VerifiedCredential? Credential, Refusal Refusal, string Reason = "")
{
    public static Verification Of(VerifiedCredential credential) => new(credential, Refusal.None);

    public static Verification Invalid(string reason) => new(null, Refusal.Invalid, reason);

    public static Verification Unknown(string reason) => new(null, Refusal.Unknown, reason);
}

/// <summary>Why a request is refused.</summary>
internal enum Refusal
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>It came without credentials.</summary>
    Missing,

    /// <summary>The credentials are none of ours, over, or revoked.</summary>
    Invalid,

    /// <summary>Nobody can say at the moment whether they are good.</summary>
    Unknown,

    /// <summary>A page of another site has a browser send its cookie.</summary>
    CrossSite,

    /// <summary>The caller lacks what the route asks for.</summary>
    Forbidden,
}
