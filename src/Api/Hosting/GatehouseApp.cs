using Gatehouse.Api.Auth.Management;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Traffic;
using Gatehouse.Api.Views;
using Gatehouse.Silo;
using Gatehouse.Silo.Clustering;
using Gatehouse.Silo.Hosting;
using Gatehouse.Silo.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Dashboard;
using Scalar.AspNetCore;

namespace Gatehouse.Api.Hosting;

/// <summary>The front door, and in the embedded default everything behind it, as one application.</summary>
public static class GatehouseApp
{
    // A whole declarative set of routes fits in; nothing on the management surface needs more.
    private const long ManagementBodyLimit = 8 * 1024 * 1024;

    /// <summary>Makes the application; nothing is started yet.</summary>
    /// <param name="args">Settings as command line arguments.</param>
    /// <param name="configure">Changes to the services, for tests.</param>
    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddGatehouseDefaults();
        var options = Settings.Read<GatehouseOptions>(builder.Configuration, GatehouseOptions.Section);
        var listeners = new Listeners(options);
        builder.Services.AddHostedService(_ => listeners.Probe());
        AddCluster(builder, options);
        builder.AddGatehouseTelemetry("gatehouse");

        builder.Services.AddOptions<GatehouseOptions>().BindConfiguration(GatehouseOptions.Section);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(listeners);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<CertificateRenewal>(services, listeners.Certificates));
        builder.Services.AddOpenApi(openApi =>
        {
            openApi.AddDocumentTransformer<ModuleDocumentation>();
            openApi.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Gatehouse management API";
                return Task.CompletedTask;
            });
        });
        builder.Services.AddCapabilities();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The gateway passes bodies of any size on; the management surface sets its own limit.
            kestrel.Limits.MaxRequestBodySize = null;
            listeners.Listen(kestrel);
        });
        configure?.Invoke(builder);

        var app = builder.Build();
        // Else ASP.NET Core authenticates every request by every scheme there is, those that pass the gateway too.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        app.UseMiddleware<DepartingConnections>();
        // Before everything else: a proxied request meets no other middleware.
        app.MapWhen(static context => context.CameBy(ListenerFeature.Public), branch => branch.UsePublic());
        MapManagement(app);
        return app;
    }

    private static void AddCluster(WebApplicationBuilder builder, GatehouseOptions options)
    {
        var silo = Settings.Read<SiloOptions>(builder.Configuration, SiloOptions.Section);
        builder.AddDeparture(silo);
        if (options.Embedded)
        {
            builder.AddEmbeddedSilo(silo);
            return;
        }

        if (options.ManagementSecret is null)
        {
            throw new StartupException(
                "Gatehouse:ManagementSecret: not set; in cluster mode (Gatehouse:Redis is set) it is required, at least 16 characters");
        }

        builder.AddClusterClient(silo);
        builder.Services.AddHostedService<Reconnection>();
    }

    // The rest of the body is not read, and the connection with it: a client that is not told would send its next request
    // into a connection that is being closed.
    private static Task CloseAfterTooLarge(HttpResponse response)
    {
        if (response.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    private static void MapManagement(WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            if (!context.CameBy(ListenerFeature.Management))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = ManagementBodyLimit;
            context.Response.OnStarting(static response => CloseAfterTooLarge((HttpResponse)response), context.Response);
            return next(context);
        });
        app.UseMiddleware<ProblemResponses>();
        app.UseManagementAuth();
        // Called here, because otherwise ASP.NET Core puts routing before everything, the gateway too.
        app.UseRouting();

        var management = app.MapGroup("");
        management.MapPrometheusScrapingEndpoint("/metrics").WithTraffic();
        management.MapOrleansDashboard("/dashboard");
        management.MapOpenApi();
        management.MapScalarApiReference("/scalar");
        management.MapCapabilities();
    }
}
