using System.Security.Cryptography;
using Gatehouse.Api.Auth.Mail;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>The mails about accounts, and the links in them.</summary>
internal sealed class AccountMails(MailQueue mails, IMailSender sender, PublicAddress address, IDataProtectionProvider protection, IOptions<AccountOptions> options)
{
    private readonly ITimeLimitedDataProtector signUps = protection.CreateProtector("Gatehouse.Users.SignUp").ToTimeLimitedDataProtector();

    /// <summary>Where mails are when they are not sent; otherwise null.</summary>
    public string? Folder => sender.Folder;

    /// <summary>How long links work, in words.</summary>
    public string Lifetime => options.Value.LinkLifetime.TotalHours >= 2 ? $"{options.Value.LinkLifetime.TotalHours:0} hours" : $"{options.Value.LinkLifetime.TotalMinutes:0} minutes";

    /// <summary>Invites whoever reads the address's mail to sign up.</summary>
    public void SignUp(string email)
    {
        var token = signUps.Protect(email, options.Value.LinkLifetime);
        Send(email, "Create your account", $"""
            Somebody, probably you, wants to create an account with this address. To go on, follow this link within {Lifetime}:

            {address.Of($"account/sign-up/complete?token={token}")}

            If it was not you, ignore this mail: nothing was created.
            """);
    }

    /// <summary>The address that a sign-up link was sent to; null when it is none, or too old.</summary>
    public string? ReadSignUp(string token)
    {
        try
        {
            return signUps.Unprotect(token);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Tells an owner of an account that somebody wanted to sign up with its address.</summary>
    public void SignUpOfKnown(string email) => Send(email, "You have an account already", $"""
        Somebody, probably you, wants to create an account with this address. There is one already:

        Log in:                 {address.Of("account/login")}
        Forgot your password?   {address.Of("account/forgot")}
        """);

    /// <summary>Lets a user choose a new password.</summary>
    public void Reset(string email, string userId, string token) => Send(email, "Choose a new password", $"""
        Somebody, probably you, has forgotten the password of the account {email}. To choose a new one, follow this link within {Lifetime}:

        {address.Of($"account/reset?user={userId}&token={Uri.EscapeDataString(token)}")}

        If it was not you, ignore this mail: the password stays as it is.
        """);

    /// <summary>Lets a user prove a new address.</summary>
    public void ChangeEmail(string email, string token) => Send(email, "Confirm your new e-mail address", $"""
        To use this address for your account, follow this link within {Lifetime}, in the browser you are logged in with:

        {address.Of($"account/email/confirm?email={Uri.EscapeDataString(email)}&token={Uri.EscapeDataString(token)}")}

        If you did not ask for this, ignore this mail.
        """);

    /// <summary>Tells users of a change that they would want to know of if it was not theirs.</summary>
    public void Changed(string? email, string what)
    {
        if (email is not null)
        {
            Send(email, what, $"""
                {what}.

                If it was not you, choose a new password at once: {address.Of("account/forgot")}
                """);
        }
    }

    private void Send(string to, string subject, string text) => mails.Send(new Mail.Mail(to, subject, text));
}
