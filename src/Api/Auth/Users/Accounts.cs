using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using OtpNet;
using System.Security.Cryptography;

namespace Gatehouse.Api.Auth.Users;

/// <summary>ASP.NET Core Identity's users, with recovery codes that are too long to guess.</summary>
internal sealed class Accounts(
    IUserStore<Account> store,
    IOptions<IdentityOptions> options,
    IPasswordHasher<Account> hasher,
    IEnumerable<IUserValidator<Account>> userValidators,
    IEnumerable<IPasswordValidator<Account>> passwordValidators,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber errors,
    IServiceProvider services,
    ILoggerFactory loggers)
    : UserManager<Account>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, loggers.CreateLogger<UserManager<Account>>())
{
    private const int GroupLength = 5;
    private const int Groups = 5;

    // Without letters and digits that look alike.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>A recovery code as it is hashed: as its user may have typed it, too.</summary>
    public static string NormalizeRecoveryCode(string code) =>
        string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>160 random bits, as RFC 4226 asks for.</summary>
    public override string GenerateNewAuthenticatorKey() => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)).TrimEnd('=');

    protected override string CreateTwoFactorRecoveryCode() =>
        string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Alphabet, GroupLength)));
}
