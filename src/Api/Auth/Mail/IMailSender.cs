namespace Gatehouse.Api.Auth.Mail;

/// <summary>Sends mails, or keeps them where they can be read.</summary>
internal interface IMailSender
{
    /// <summary>Where mails go when they are not sent, for whoever waits for one; null when they are sent.</summary>
    string? Folder { get; }

    /// <summary>Sends a mail, or throws.</summary>
    Task Send(Mail mail, CancellationToken cancellation);
}

/// <summary>A mail.</summary>
/// <param name="To">To whom.</param>
/// <param name="Subject">What about.</param>
/// <param name="Text">What it says.</param>
internal sealed record Mail(string To, string Subject, string Text);
