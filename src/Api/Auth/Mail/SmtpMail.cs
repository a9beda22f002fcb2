using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Gatehouse.Api.Auth.Mail;

/// <summary>Sends mails by SMTP.</summary>
internal sealed class SmtpMail(IOptions<MailOptions> options) : IMailSender
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MailOptions options = options.Value;

    public string? Folder => null;

    public async Task Send(Mail mail, CancellationToken cancellation)
    {
        var host = options.Host ?? throw new InvalidOperationException("Gatehouse:Mail:Host is not set: no mail can be sent.");
        using var message = Message(mail, options.From);
        using var smtp = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        await smtp.ConnectAsync(host, options.Port, Security(options.Security), cancellation);
        if (options.User is not null)
        {
            await smtp.AuthenticateAsync(options.User, options.Password ?? "", cancellation);
        }

        await smtp.SendAsync(message, cancellation);
        await smtp.DisconnectAsync(quit: true, cancellation);
    }

    internal static MimeMessage Message(Mail mail, string from)
    {
        var message = new MimeMessage { Subject = mail.Subject, Body = new TextPart("plain") { Text = mail.Text } };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse(mail.To));
        return message;
    }

    private static SecureSocketOptions Security(MailSecurity security) => security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
