namespace Gatehouse.Grains.Identity.Users;

/// <summary>The keys of what belongs to one user at most.</summary>
public static class UserClaim
{
    /// <summary>A name to log in with, whatever its case.</summary>
    public static string Name(string name) => "n:" + Normalize(name);

    /// <summary>A passkey's id.</summary>
    public static string Passkey(string credentialId) => "p:" + credentialId;

    /// <summary>The one form of a name that is compared.</summary>
    public static string Normalize(string name) => name.Normalize(System.Text.NormalizationForm.FormKC).ToUpperInvariant();
}
