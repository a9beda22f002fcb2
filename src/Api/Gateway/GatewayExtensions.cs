using System.Text;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Gateway.Access;
using Gatehouse.Api.Gateway.Affinity;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Bulkheads;
using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Gateway.Compression;
using Gatehouse.Api.Gateway.Cors;
using Gatehouse.Api.Gateway.Fallbacks;
using Gatehouse.Api.Gateway.Faults;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Gateway.Limits;
using Gatehouse.Api.Gateway.Mirroring;
using Gatehouse.Api.Gateway.PriorKnowledge;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Gateway.RequestSizes;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Traffic;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Api.Gateway;

/// <summary>Puts the gateway into a host.</summary>
public static class GatewayExtensions
{
    /// <summary>Adds what the gateway needs, besides the replicas of routes, registry, revocations, signing keys and API keys.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        // The forwarder tells of every request it makes.
        services.AddLogging(logging => logging.AddFilter("Yarp", LogLevel.Warning));
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<Peers>();
        services.AddSingleton<ForwardedHeaders>();
        services.AddSingleton<UpstreamClient>();
        services.AddSingleton<BalanceMetrics>();
        services.AddSingleton<Balancers>();
        services.AddSingleton<ModuleUpstreams>();
        services.AddSingleton<RoutePlans>();
        services.AddTraffic();
        services.AddAccessLog();
        services.AddSingleton<GatewayMetrics>();
        services.AddLimits();
        services.AddResponseCache();
        services.AddSingleton<AffinityTokens>();
        services.AddSingleton<Mirrors>();
        services.AddCircuits();
        services.AddCors();
        services.AddGatewayAuth();
        services.AddSingleton<Denials>();
        // Stages, in the order that requests go through them.
        // First, so that a page may read whatever refuses it, and ask before.
        services.AddSingleton<IStage, CorsStage>();
        services.AddSingleton<IStage, MaintenanceStage>();
        services.AddSingleton<IStage, AddressStage>();
        services.AddSingleton<IStage, AuthStage>();
        services.AddSingleton<IStage, RequestSizeStage>();
        services.AddSingleton<IStage, LimitStage>();
        services.AddSingleton<IStage, FaultStage>();
        services.AddSingleton<IStage, AffinityStage>();
        services.AddSingleton<IStage, CacheStage>();
        services.AddSingleton<IStage, CompressionStage>();
        services.AddSingleton<IStage, FallbackStage>();
        services.AddSingleton<IStage>(provider => provider.GetRequiredService<BulkheadStage>());
        services.AddSingleton<IStage, MirrorStage>();
        services.AddSingleton<GatewayRecorder>();
        services.AddSingleton<BulkheadStage>();
        services.AddSingleton<LastResponses>();
        services.AddSingleton<Upstreams>();
        services.AddSingleton<InstancePicker>();
        services.AddSingleton<RetryBudgets>();
        services.AddSingleton<IKeptByService>(provider => provider.GetRequiredService<RetryBudgets>());
        services.AddSingleton<Retries>();
        services.AddSingleton<Hedges>();
        services.AddSingleton<IKeptByService>(provider => provider.GetRequiredService<Hedges>());
        services.AddSingleton<IKeptByService>(provider => provider.GetRequiredService<RoutePlans>());
        services.AddHostedService<ServiceSweep>();
        services.AddSingleton<AttemptMetrics>();
        services.AddSingleton<IUpstream, ServiceUpstream>();
        services.AddSingleton<GatewayPipeline>();
        services.AddSingleton<IConnectionListenerFactory, HandoverListenerFactory>();
        services.Configure<KestrelServerOptions>(Tune);
        return services;
    }

    /// <summary>Ends the pipeline of the public listener with the gateway: it answers every request that comes here.</summary>
    public static void UseGateway(this IApplicationBuilder app)
    {
        var pipeline = app.ApplicationServices.GetRequiredService<GatewayPipeline>();
        app.Run(pipeline.Invoke);
    }

    private static void Tune(KestrelServerOptions kestrel)
    {
        // As the client of the upstreams decodes them: bytes beyond ASCII go back as they came.
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        var http2 = kestrel.Limits.Http2;
        http2.MaxStreamsPerConnection = 256;
        http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        http2.InitialStreamWindowSize = 1024 * 1024;
        http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
