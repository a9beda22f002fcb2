namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>Why a session was ended.</summary>
[GenerateSerializer, Alias("gatehouse.identity.session-end")]
public enum SessionEnd
{
    /// <summary>The user signed out.</summary>
    SignedOut = 0,

    /// <summary>The user ended it from another one.</summary>
    EndedByUser = 1,

    /// <summary>An administrator ended it.</summary>
    EndedByAdministrator = 2,

    /// <summary>The user's password, factors, roles or state were changed.</summary>
    CredentialsChanged = 3,

    /// <summary>The user began one more than there may be, or began anew in the same browser.</summary>
    Replaced = 4,

    /// <summary>A token of it was revoked, or used twice.</summary>
    TokenRevoked = 5,
}
