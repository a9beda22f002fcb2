using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Api.Auth.ApiKeys;

/// <summary>
/// An API key as its client has it: <c>gk_ID_SECRET</c>. The id names it; of the secret, 256 random bits, the hash is kept,
/// and a single fast one is enough for that many.
/// </summary>
internal sealed record ApiKeySecret(string Id, string Secret)
{
    /// <summary>What every key begins with, so that scanners of source code find one that was committed.</summary>
    public const string Prefix = "gk_";

    private const int IdLength = 16;
    private const int SecretLength = 43;

    public override string ToString() => $"{Prefix}{Id}_{Secret}";

    public static ApiKeySecret Create() => new(
        RandomNumberGenerator.GetHexString(IdLength, lowercase: true),
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    public static bool TryParse(string text, [NotNullWhen(true)] out ApiKeySecret? key)
    {
        key = text.Length == Prefix.Length + IdLength + 1 + SecretLength
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text[Prefix.Length + IdLength] == '_'
                ? new ApiKeySecret(text.Substring(Prefix.Length, IdLength), text[^SecretLength..])
                : null;
        return key is not null;
    }

    /// <summary>What is kept of the secret.</summary>
    public string Hash() => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    /// <summary>Whether this is the key that was kept; takes the same time for every wrong one.</summary>
    public bool Matches(string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Hash()), Encoding.UTF8.GetBytes(hash));
}
