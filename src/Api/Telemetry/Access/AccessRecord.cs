namespace Gatehouse.Api.Telemetry.Access;

/// <summary>An event of the access log as a log record with attributes, for OTLP.</summary>
internal static class AccessRecord
{
    private static readonly EventId Event = new(1, "access");

    /// <summary>Logs the event.</summary>
    public static void Log(ILogger logger, in AccessEvent access)
    {
        var fields = new Fields([]);
        access.Tell(ref fields);
        logger.Log(LogLevel.Information, Event, fields.List, exception: null, static (_, _) => "access");
    }

    private readonly struct Fields(List<KeyValuePair<string, object?>> list) : IAccessFields
    {
        public List<KeyValuePair<string, object?>> List => list;

        public void Text(string name, string? value)
        {
            if (value is not null)
            {
                list.Add(new(name, value));
            }
        }

        public void Number(string name, long value) => list.Add(new(name, value));
    }
}
