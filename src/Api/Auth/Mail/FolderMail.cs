using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Mail;

/// <summary>Writes mails to <c>mail</c> in the data folder, where only this process's user reads them: the embedded default.</summary>
internal sealed partial class FolderMail(GatehouseOptions gatehouse, IOptions<MailOptions> options, TimeProvider time, ILogger<FolderMail> logger) : IMailSender
{
    private readonly string from = options.Value.From;
    private int written;

    public string? Folder { get; } = Path.Combine(Path.GetFullPath(gatehouse.DataPath), "mail");

    public async Task Send(Mail mail, CancellationToken cancellation)
    {
        var folder = Folder!;
        PrivateFiles.CreateFolder(folder);
        var path = Path.Combine(folder, $"{time.GetUtcNow():yyyyMMdd-HHmmss-fff}-{Interlocked.Increment(ref written):D6}-{Random.Shared.Next():x8}.eml");
        using var message = SmtpMail.Message(mail, from);
        await using (var file = PrivateFiles.Create(path))
        {
            await message.WriteToAsync(file, cancellation);
        }

        Log.Written(logger, path);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "MailWritten", Level = LogLevel.Information, Message = "No mail server is set up (Gatehouse:Mail:Host); a mail was written to {Path}")]
        public static partial void Written(ILogger logger, string path);
    }
}
