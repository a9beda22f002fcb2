using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Gatehouse.Silo.Hosting;

/// <summary>
/// What a started process tells its operator: text on standard output, or where logs are JSON a log record, so that whoever reads
/// those finds an object in every line.
/// </summary>
public static partial class ConsoleBanner
{
    /// <summary>Tells it.</summary>
    /// <param name="app">The process.</param>
    /// <param name="text">What there is to tell.</param>
    /// <param name="secret">What follows in text, and is in no record: those are collected.</param>
    public static async Task Write(WebApplication app, string text, string secret = "")
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(text);
        var format = app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        if (ConsoleFormatterNames.Json.Equals(format, StringComparison.OrdinalIgnoreCase))
        {
            var record = text.Trim();
            Log.Started(app.Logger, record);
            return;
        }

        await Console.Out.WriteLineAsync(text + secret);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "Started", Level = LogLevel.Information, Message = "{Text}")]
        public static partial void Started(ILogger logger, string text);
    }
}
