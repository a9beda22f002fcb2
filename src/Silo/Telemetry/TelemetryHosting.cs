using Gatehouse.Silo.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gatehouse.Silo.Telemetry;

/// <summary>Metrics for Prometheus to scrape; traces, metrics and logs by OTLP where a collector is named.</summary>
public static class TelemetryHosting
{
    /// <summary>The name of Gatehouse's activity source; its meters are <c>Gatehouse.*</c>.</summary>
    public const string Source = "Gatehouse";

    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string OtelSampler = "OTEL_TRACES_SAMPLER";

    // What machines ask every few seconds.
    private static readonly PathString[] Untraced = ["/metrics", "/health", "/hystrix.stream"];

    /// <summary>Adds the telemetry of a process.</summary>
    /// <param name="builder">The process's host.</param>
    /// <param name="process">The process's part in the system, such as <c>gatehouse-silo</c>.</param>
    public static void AddGatehouseTelemetry(this WebApplicationBuilder builder, string process)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<WorkQueue>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WorkQueue>());
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(process, serviceInstanceId: Environment.MachineName + "-" + Environment.ProcessId))
            // ASP.NET Core's own request metrics are left out: they would cost every proxied request a second histogram
            // beside the gateway's, which knows the route.
            .WithMetrics(metrics => metrics
                .AddMeter("Gatehouse.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (string.IsNullOrWhiteSpace(builder.Configuration[OtlpEndpoint]))
        {
            return;
        }

        var options = Settings.Read<TelemetryOptions>(builder.Configuration, TelemetryOptions.Section);
        telemetry
            .WithTracing(tracing => Sample(tracing, builder.Configuration, options)
                .AddSource(
                    Source,
                    "Microsoft.Orleans.Application",
                    "Microsoft.Orleans.Runtime",
                    "Microsoft.Orleans.Lifecycle",
                    "Microsoft.Orleans.Storage")
                .AddAspNetCoreInstrumentation(server => server.Filter = IsWorthTracing)
                .AddHttpClientInstrumentation())
            .WithLogging()
            .UseOtlpExporter();
    }

    private static TracerProviderBuilder Sample(TracerProviderBuilder tracing, ConfigurationManager configuration, TelemetryOptions options) =>
        string.IsNullOrWhiteSpace(configuration[OtelSampler])
            ? tracing.SetSampler(new ParentBasedSampler(new RequestSampler(options.TraceSample)))
            : tracing;

    private static bool IsWorthTracing(HttpContext context) =>
        !Array.Exists(Untraced, path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
}
