using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Gatehouse.Silo.Hosting;

/// <summary>What every Gatehouse process has in common: quiet logs on one line each, and time to stop in good order.</summary>
public static class HostDefaults
{
    // Stopping a silo takes: clients told (1 s), activations ended (up to 10 s), directory handed off.
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(25);

    // For eyes; what reads JSON wants the day too.
    private const string TimeOfDay = "HH:mm:ss ";
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Sets the defaults; files, environment and command line win over them.</summary>
    public static void AddGatehouseDefaults(this WebApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                // Else every request gets a logging scope and an activity, also those that pass the gateway.
                // Tracing, when it is on, makes its activities all the same.
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
                // Says at each new key that the key ring is kept as it is; docs/auth.md says what that means.
                ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
                // Tells of every request and every token; a line each holds up all of them.
                ["Logging:LogLevel:OpenIddict"] = "Warning",
                ["Logging:LogLevel:Orleans"] = "Warning",
                // Takes the machine's uptime for a delay when it checks for the first time.
                ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
                // Recommends server GC also where there is one core, which cannot have it.
                ["Logging:LogLevel:Orleans.Runtime.Silo"] = "Error",
                ["Logging:LogLevel:Garnet"] = "Warning",
                ["Logging:LogLevel:System"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
                ["Logging:LogLevel:Yarp"] = "Warning",
                // Program prints failures of the start; the host's own report would repeat them as a stack trace.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
                // It writes its own lines to standard output; as log records it goes to collectors alone. Others, the event
                // source and the dashboard, would take a record of each request, and throw it away.
                ["Logging:LogLevel:Gatehouse.Access"] = "None",
                ["Logging:Console:LogLevel:Gatehouse.Access"] = "None",
                ["Logging:OpenTelemetry:LogLevel:Gatehouse.Access"] = "Information",
                ["Logging:Console:FormatterName"] = "simple",
                ["Logging:Console:FormatterOptions:SingleLine"] = "true",
                ["Logging:Console:FormatterOptions:TimestampFormat"] = TimeOfDay,
                ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
            },
        });
        builder.Configuration.AddSettingsFiles();
        builder.Services.PostConfigure<JsonConsoleFormatterOptions>(json =>
            json.TimestampFormat = json.TimestampFormat == TimeOfDay ? Timestamp : json.TimestampFormat);
        builder.Services.TryAddSingleton(TimeProvider.System);
    }

    /// <summary>Adds a stop in good order, which begins with a time of serving on; see <see cref="Departure"/>.</summary>
    public static void AddDeparture(this WebApplicationBuilder builder, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<Departure>(services, options.StopDelay));
        builder.Services.AddHostedService(services => services.GetRequiredService<Departure>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopDelay + Stop);
    }
}
