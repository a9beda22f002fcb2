using System.Threading.Channels;

namespace Gatehouse.Api.Auth.Mail;

/// <summary>
/// Sends mails after the request that asked for them was answered: how long that takes must not tell whether there was one
/// to send. A mail that the server does not take is tried again for some minutes.
/// </summary>
internal sealed partial class MailQueue(IMailSender sender, TimeProvider time, ILogger<MailQueue> logger) : BackgroundService
{
    private const int Capacity = 1000;
    private const int MaxAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private readonly Channel<Mail> mails = Channel.CreateBounded<Mail>(Capacity);

    /// <summary>Puts a mail into the queue.</summary>
    public void Send(Mail mail)
    {
        if (!mails.Writer.TryWrite(mail))
        {
            Log.Dropped(logger);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in mails.Reader.ReadAllAsync(stoppingToken))
        {
            await Deliver(mail, stoppingToken);
        }
    }

    private async Task Deliver(Mail mail, CancellationToken stopping)
    {
        var attempt = 0;
        while (true)
        {
            attempt++;
            try
            {
                await sender.Send(mail, stopping);
                return;
            }
            // Whatever a mail server does, the mails after this one go on.
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Log.Failed(logger, attempt, e);
                if (attempt == MaxAttempts)
                {
                    return;
                }

                await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), time, stopping);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "MailFailed", Level = LogLevel.Warning, Message = "A mail could not be sent, attempt {Attempt}")]
        public static partial void Failed(ILogger logger, int attempt, Exception exception);

        [LoggerMessage(EventId = 2, EventName = "MailDropped", Level = LogLevel.Error, Message = "A mail was dropped: too many wait to be sent")]
        public static partial void Dropped(ILogger logger);
    }
}
