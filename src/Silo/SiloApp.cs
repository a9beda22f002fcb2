using Gatehouse.Silo.Clustering;
using Gatehouse.Silo.Health;
using Gatehouse.Silo.Hosting;
using Gatehouse.Silo.Telemetry;

namespace Gatehouse.Silo;

/// <summary>A silo as a process of its own, in a cluster that meets in Redis.</summary>
public static class SiloApp
{
    /// <summary>Makes the application.</summary>
    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddGatehouseDefaults();
        var options = Settings.Read<SiloOptions>(builder.Configuration, SiloOptions.Section);
        builder.AddDeparture(options);
        var health = ListenUrl.Parse("Gatehouse:HealthUrl", options.HealthUrl);
        if (health.Https)
        {
            throw new StartupException("Gatehouse:HealthUrl: a silo answers health and metrics without TLS, to the cluster's network; expected http, such as http://localhost:8082");
        }

        builder.Services.AddHostedService(_ => new ListenerProbe(health));
        builder.AddGatehouseTelemetry("gatehouse-silo");
        builder.AddClusterSilo(options);
        builder.Services.AddSingleton<RedisProbe>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            health.Listen(kestrel, _ => { });
        });

        var app = builder.Build();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }
}
