using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Mail;

/// <summary>Settings of mail, section <c>Gatehouse:Mail</c> of a front door's configuration.</summary>
public sealed class MailOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Mail";

    /// <summary>The SMTP server; unset: the embedded default writes mails to the data folder, and a cluster sends none.</summary>
    public string? Host { get; set; }

    /// <summary>Its port. Default 587.</summary>
    [Range(1, 65535)] public int Port { get; set; } = 587;

    /// <summary>How the connection is secured. Default <see cref="MailSecurity.StartTls"/>.</summary>
    [EnumDataType(typeof(MailSecurity))] public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>The user to log in with; none when unset.</summary>
    public string? User { get; set; }

    /// <summary>The password.</summary>
    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    [Required, EmailAddress] public string From { get; set; } = "gatehouse@localhost";
}

/// <summary>How a connection to a mail server is secured.</summary>
public enum MailSecurity
{
    /// <summary>TLS after a start in the clear, and nothing without it.</summary>
    StartTls = 0,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>Not at all: for a server on this machine.</summary>
    None,
}

[OptionsValidator]
internal sealed partial class MailOptionsValidator : IValidateOptions<MailOptions>;
