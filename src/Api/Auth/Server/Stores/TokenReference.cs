using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>What a token's bearer holds, and what the token is kept under: the hash of it.</summary>
internal static class TokenReference
{
    private const int Bytes = 32;

    /// <summary>A new reference of 256 random bits.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>A new reference for a person to type.</summary>
    public static string Make(IEnumerable<string> characters, int length) =>
        string.Concat(RandomNumberGenerator.GetItems<string>([.. characters], length));

    /// <summary>The id of the token that the reference leads to.</summary>
    public static string Hash(string reference) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(reference)));
}
