using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Settings of users, section <c>Gatehouse:Auth:Users</c> of a front door's configuration.</summary>
public sealed class AccountOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Auth:Users";

    /// <summary>Whether anybody may sign up; unset: in the embedded default only.</summary>
    public bool? SignUp { get; set; }

    /// <summary>Roles that those who sign up have.</summary>
    public IList<string> SignUpRoles { get; } = [];

    /// <summary>A file of SHA-1 hashes of breached passwords in ascending order, one a line; none when unset.</summary>
    public string? BreachedPasswordsFile { get; set; }

    /// <summary>How many wrong passwords one account takes from one address before it is slowed down. Default 5.</summary>
    [Range(1, 1000)] public int AttemptsPerAccountAndAddress { get; set; } = 5;

    /// <summary>How many from all addresses that the account has not been used from. Default 50.</summary>
    [Range(1, 100_000)] public int AttemptsPerAccount { get; set; } = 50;

    /// <summary>How many wrong passwords one address may try on all accounts. Default 50.</summary>
    [Range(1, 100_000)] public int AttemptsPerAddress { get; set; } = 50;

    /// <summary>In which time a whole set of attempts comes back. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")] public TimeSpan AttemptWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after giving credentials a user may change them. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")] public TimeSpan FreshFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a link in a mail can be followed. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")] public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromHours(1);
}

[OptionsValidator]
internal sealed partial class AccountOptionsValidator : IValidateOptions<AccountOptions>;
