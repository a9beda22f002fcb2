using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using NSec.Cryptography;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Argon2id with OWASP's parameters: 19 MiB, two passes, one lane. A hash names its parameters; one with others is still
/// verified, and replaced at the next login.
/// </summary>
internal sealed class Argon2Hasher : IPasswordHasher<Account>
{
    public const int MemoryKiB = 19 * 1024;
    public const int Passes = 2;

    private const int SaltLength = 16;
    private const int HashLength = 32;

    // The limits of what a stored hash may ask for: it is read from the store, but costs this process.
    private const int MaxMemoryKiB = 256 * 1024;
    private const int MaxPasses = 10;

    private readonly string nobody = Hash(Guid.NewGuid().ToString());

    public string HashPassword(Account user, string password) => Hash(password);

    public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword) =>
        Verify(hashedPassword, providedPassword, out var current) switch
        {
            false => PasswordVerificationResult.Failed,
            true when !current => PasswordVerificationResult.SuccessRehashNeeded,
            true => PasswordVerificationResult.Success,
        };

    /// <summary>Takes as long as a verification, for somebody who has no password.</summary>
    public void VerifyNobody(string password) => Verify(nobody, password, out _);

    /// <summary>Hashes with given parameters.</summary>
    internal static string Hash(string password, int memoryKiB = MemoryKiB, int passes = Passes)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var hash = Derive(password, salt, memoryKiB, passes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"$argon2id$v=19$m={memoryKiB},t={passes},p=1${Encode(salt)}${Encode(hash)}");
    }

    private static bool Verify(string stored, string password, out bool current)
    {
        current = false;
        if (stored.Split('$') is not ["", "argon2id", "v=19", var parameters, var salt, var hash]
            || parameters.Split(',') is not [['m', '=', .. var m], ['t', '=', .. var t], "p=1"]
            || !int.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var memory)
            || !int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var passes)
            || memory is < 8 or > MaxMemoryKiB
            || passes is < 1 or > MaxPasses)
        {
            return false;
        }

        current = memory == MemoryKiB && passes == Passes;
        return CryptographicOperations.FixedTimeEquals(Derive(password, Decode(salt), memory, passes), Decode(hash));
    }

    private static byte[] Derive(string password, byte[] salt, int memoryKiB, int passes) =>
        new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memoryKiB, NumberOfPasses = passes })
            .DeriveBytes(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)), salt, HashLength);

    // The encoding of hashes has no padding; otherwise it is the usual one.
    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Decode(string text) => Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
}
