namespace Gatehouse.Silo.Hosting;

/// <summary>What every Gatehouse process has in common: quiet logs on one line each, and time to stop in good order.</summary>
public static class HostDefaults
{
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
                ["Logging:LogLevel:Orleans"] = "Warning",
                // Takes the machine's uptime for a delay when it checks for the first time.
                ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
                ["Logging:LogLevel:Garnet"] = "Warning",
                ["Logging:LogLevel:System"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
                ["Logging:LogLevel:Yarp"] = "Warning",
                // Program prints failures of the start; the host's own report would repeat them as a stack trace.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
                ["Logging:Console:FormatterName"] = "simple",
                ["Logging:Console:FormatterOptions:SingleLine"] = "true",
                ["Logging:Console:FormatterOptions:TimestampFormat"] = "HH:mm:ss ",
                ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
            },
        });
        // Stopping a silo takes: clients told (1 s), activations ended (up to 10 s), directory handed off.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
    }
}
