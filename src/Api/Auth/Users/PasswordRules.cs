using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Which passwords are taken: long enough, and not among those that are guessed first. No characters are prescribed.
/// </summary>
internal sealed class PasswordRules(BreachedPasswords breached) : IPasswordValidator<Account>
{
    public const int MinLength = 8;
    public const int MaxLength = 256;

    // What takes longer to judge is too long to be in a list, and at its beginning to be weak.
    private const int JudgedLength = 64;
    private const int WeakScore = 1;

    private readonly Lock gate = new();
    private Zxcvbn.Zxcvbn? judge;

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        var error = Refuse(password ?? "", user.User.Login, user.User.Email ?? "", user.User.Name);
        return Task.FromResult(error is null ? IdentityResult.Success : IdentityResult.Failed(new IdentityError { Code = "Password", Description = error }));
    }

    /// <summary>Why the password is not taken; null when it is.</summary>
    public string? Refuse(string password, params string[] known)
    {
        if (password.Length < MinLength)
        {
            return $"Use at least {MinLength} characters.";
        }

        if (password.Length > MaxLength)
        {
            return $"Use at most {MaxLength} characters.";
        }

        if (breached.Contains(password))
        {
            return "This password is known from a breach of another site. Use another one.";
        }

        return IsGuessedFirst(password, known) ? "This password is among those that are guessed first. Use another one, such as a few random words." : null;
    }

    private bool IsGuessedFirst(string password, string[] known)
    {
        var judged = password.Length <= JudgedLength ? password : password[..JudgedLength];
        lock (gate)
        {
            // Loads its lists of common passwords, names and words.
            judge ??= new Zxcvbn.Zxcvbn();
            return judge.EvaluatePassword(judged, ["gatehouse", .. known.SelectMany(text => text.Split('@', '.', ' ')).Where(part => part.Length > 2)]).Score <= WeakScore;
        }
    }
}
