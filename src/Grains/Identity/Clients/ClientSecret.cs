using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Grains.Identity.Clients;

/// <summary>
/// What a client's secret is compared with. Secrets are made here, of 256 random bits: one keyed hash of such a secret
/// tells as little as ten thousand rounds would, and costs a client that asks for tokens next to nothing.
/// </summary>
/// <param name="Key">The hash's key, random for each secret.</param>
/// <param name="Hash">The HMAC-SHA256 of the secret.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.clients.secret")]
public sealed record ClientSecret([property: Id(0)] ReadOnlyMemory<byte> Key, [property: Id(1)] ReadOnlyMemory<byte> Hash)
{
    private const int SecretBytes = 32;
    private const int KeyBytes = 32;

    /// <summary>Makes a secret, which is not to be had again from what is kept of it.</summary>
    public static (string Secret, ClientSecret Kept) Make()
    {
        var secret = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (secret, Of(secret));
    }

    /// <summary>What is kept of a secret of high entropy.</summary>
    public static ClientSecret Of(string secret)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        return new ClientSecret(key, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(secret)));
    }

    /// <summary>Whether this is the secret; takes the same time for every wrong one of a length.</summary>
    public bool Matches(string secret)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key.Span, Encoding.UTF8.GetBytes(secret), hash);
        return CryptographicOperations.FixedTimeEquals(hash, Hash.Span);
    }
}
