using System.Net;
using System.Security.Cryptography;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Identity.Tokens;
using Gatehouse.Grains.Placement;
using Gatehouse.Grains.Resilience.Health;
using Gatehouse.Grains.Views;
using Gatehouse.Silo.Audit;
using Gatehouse.Silo.Clock;
using Gatehouse.Silo.Keys;
using Gatehouse.Silo.Discovery;
using Gatehouse.Silo.Health;
using Gatehouse.Silo.Hosting;
using Gatehouse.Silo.Placement;
using Gatehouse.Silo.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Dashboard;
using Orleans.Storage;
using StackExchange.Redis;

namespace Gatehouse.Silo.Clustering;

/// <summary>Adds a silo, or a cluster's client, to a host.</summary>
public static class SiloHosting
{
    /// <summary>Adds the embedded default: the store and a silo in this process, and nobody else in its cluster.</summary>
    public static void AddEmbeddedSilo(this WebApplicationBuilder builder, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        builder.Services.AddSingleton(services => new EmbeddedStore(options.DataPath, services.GetRequiredService<ILoggerFactory>()));
        // Added before Orleans, so started before it and stopped after it.
        builder.Services.AddHostedService(services => services.GetRequiredService<EmbeddedStore>());
        builder.Services.AddKeyRing<EmbeddedStore>(options, store => store.Connection);
        builder.Services.AddSingleton(_ => new PortReservation(IPAddress.Loopback));
        builder.AddDiscovery();
        builder.UseOrleans(silo =>
        {
            // A random cluster id is a secret to whoever else can connect to a loopback port: Orleans refuses
            // connections that do not name it.
            silo.UseLocalhostClustering(
                serviceId: options.ServiceId,
                clusterId: $"{options.ClusterId}-{RandomNumberGenerator.GetHexString(32, lowercase: true)}");
            silo.Services.AddOptions<EndpointOptions>().Configure<PortReservation>((endpoint, port) =>
            {
                endpoint.SiloPort = port.Port;
                endpoint.GatewayPort = 0;
            });
            silo.AddStorage<EmbeddedStore>(redis => redis.Connection);
            silo.AddCommon();
        });
        builder.Services.AddAuditTrail();
    }

    /// <summary>Adds a silo of a cluster that meets and stores in Redis.</summary>
    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static void AddClusterSilo(this WebApplicationBuilder builder, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var redis = AddRedis(builder, options);
        builder.AddDiscovery();
        var address = Address(options);
        var silo = Port(builder, address, options.SiloPort);
        var gateway = Port(builder, address, options.GatewayPort);
        builder.UseOrleans(orleans =>
        {
            orleans.Configure<ClusterOptions>(cluster => Name(cluster, options));
            orleans.UseRedisClustering(clustering => clustering.ConfigurationOptions = redis.Connection);
            orleans.Configure<EndpointOptions>(endpoint =>
            {
                if (address is not null)
                {
                    endpoint.AdvertisedIPAddress = address;
                }

                endpoint.SiloPort = silo;
                endpoint.GatewayPort = gateway;
            });
            orleans.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.ProbeTimeout = ClusterTimings.Probe;
                membership.NumMissedProbesLimit = ClusterTimings.MissedProbes;
                membership.TableRefreshTimeout = ClusterTimings.TableRefresh;
                membership.IAmAliveTablePublishTimeout = ClusterTimings.AliveSign;
                // A hung process keeps its connections open: they prove nothing.
                membership.EnableConnectionLivenessCheck = false;
            });
            orleans.Configure<LoadSheddingOptions>(shedding =>
            {
                shedding.LoadSheddingEnabled = true;
                // Only a silo that has no processor time left at all: what is shed includes the renewal of leases.
                shedding.CpuThreshold = 99;
            });
            orleans.AddStorage<RedisServer>(server => server.Connection);
            orleans.AddCommon();
        });
        builder.Services.AddAuditTrail();
    }

    /// <summary>Adds a client of a cluster that meets in Redis.</summary>
    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static void AddClusterClient(this WebApplicationBuilder builder, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var redis = AddRedis(builder, options);
        builder.Services.AddSingleton<GatewayConnections>();
        builder.UseOrleansClient(client =>
        {
            client.Services.AddOptions<ClientConnectionOptions>().Configure<GatewayConnections>(
                (connections, kept) => connections.ConfigureConnection(connection => connection.Use(kept.Keep)));
            client.Configure<ClusterOptions>(cluster => Name(cluster, options));
            client.UseRedisClustering(clustering => clustering.ConfigurationOptions = redis.Connection);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ClusterTimings.Response);
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = ClusterTimings.GatewayListRefresh);
            client.UseConnectionRetryFilter<BoundedConnectionRetry>();
            client.AddActivityPropagation();
            client.Services.AddInterfaceTypes();
            client.AddDashboard(dashboard => dashboard.HideTrace = true);
        });
        builder.Services.AddAuditTrail();
    }

    private static void AddCommon(this ISiloBuilder silo)
    {
        silo.Services.AddInterfaceTypes();
        silo.Services.AddOptions<ViewOptions>().BindConfiguration(ViewOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddViewGrains();
        silo.Services.AddRegistryGrains();
        silo.Services.AddTrafficGrains();
        silo.Services.AddCircuitGrains();
        silo.Services.AddSingleton<IInstanceProbe, HttpInstanceProbe>();
        silo.Services.AddSessionGrains();
        silo.Services.AddLogoutGrains();
        silo.Services.AddSigningKeyGrains();
        silo.Services.AddSingleton<ISigningKeyMint, SigningKeyMint>();
        silo.Services.AddAuditGrains();
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = ClusterTimings.Response;
            messaging.MaxRequestProcessingTime = ClusterTimings.StuckRequest;
            messaging.ClientGatewayShutdownNotificationTimeout = ClusterTimings.GatewayGoodbye;
            messaging.ClientDropTimeout = ClusterTimings.ClientDrop;
        });
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.ActivationTimeout = ClusterTimings.Activation;
            collection.DeactivationTimeout = ClusterTimings.Deactivation;
            collection.EnableActivationSheddingOnMemoryPressure = true;
        });
        silo.AddPlacementDirector<SpreadEvenly, SpreadDirector>();
        silo.Services.AddSingleton<SpreadGrains>();
        silo.Services.AddSingleton<IConfigureGrainContextProvider>(services => services.GetRequiredService<SpreadGrains>());
        silo.Services.AddHostedService<Spreading>();
        silo.AddActivityPropagation();
        // The trace page would stream every log line of the process.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
    }

    private static void AddStorage<TStore>(this ISiloBuilder silo, Func<TStore, ConfigurationOptions> connection)
        where TStore : class
    {
        silo.AddRedisGrainStorageAsDefault(storage => storage.Configure<TStore, IOptions<SystemTextJsonGrainStorageSerializerOptions>>(
            (redis, store, json) =>
            {
                redis.ConfigurationOptions = connection(store);
                redis.GrainStorageSerializer = new SystemTextJsonGrainStorageSerializer(json);
                redis.DeleteStateOnClear = true;
            }));
        silo.AddRedisGrainStorage(SessionStorage.Name, storage => storage.Configure<TStore, IOptions<UserSessionOptions>, IOptions<SystemTextJsonGrainStorageSerializerOptions>>(
            (redis, store, sessions, json) =>
            {
                redis.ConfigurationOptions = connection(store);
                redis.GrainStorageSerializer = new SystemTextJsonGrainStorageSerializer(json);
                redis.EntryExpiry = SessionStorage.Retention(sessions.Value);
            }));
        silo.AddRedisGrainStorage(TokenStorage.Name, storage => storage.Configure<TStore, IOptions<SystemTextJsonGrainStorageSerializerOptions>>(
            (redis, store, json) =>
            {
                redis.ConfigurationOptions = connection(store);
                redis.GrainStorageSerializer = new SystemTextJsonGrainStorageSerializer(json);
                redis.DeleteStateOnClear = true;
                redis.EntryExpiry = TokenStorage.Retention;
            }));
        silo.UseRedisReminderService(_ => { });
        silo.Services.AddOptions<RedisReminderTableOptions>().Configure<TStore>((redis, store) => redis.ConfigurationOptions = connection(store));
    }

    private static RedisServer AddRedis(WebApplicationBuilder builder, SiloOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Redis))
        {
            throw new StartupException("Gatehouse:Redis: not set; a silo process needs a Redis connection string such as 'redis:6379'");
        }

        var redis = RedisServer.Parse(options);
        builder.Services.AddSingleton(redis);
        // Added before Orleans, so started before: a Redis that does not answer leaves nothing half-started.
        builder.Services.AddHostedService(_ => redis);
        builder.Services.AddSingleton(_ => new ClusterClock(TimeProvider.System));
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(services => services.GetRequiredService<ClusterClock>()));
        builder.Services.AddHostedService<StoreTime>();
        builder.Services.AddKeyRing<RedisServer>(options, server => server.Connection);
        return redis;
    }

    private static void Name(ClusterOptions cluster, SiloOptions options)
    {
        cluster.ServiceId = options.ServiceId;
        cluster.ClusterId = options.ClusterId;
    }

    private static IPAddress? Address(SiloOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.AdvertisedIP))
        {
            return null;
        }

        return IPAddress.TryParse(options.AdvertisedIP, out var address)
            ? address
            : throw new StartupException($"Gatehouse:AdvertisedIP: '{options.AdvertisedIP}' is not an IP address");
    }

    private static int Port(WebApplicationBuilder builder, IPAddress? address, int port)
    {
        if (port != 0)
        {
            return port;
        }

        var reservation = new PortReservation(address ?? IPAddress.Any);
        // By factory, so that the container disposes it.
        builder.Services.AddSingleton(_ => reservation);
        return reservation.Port;
    }
}
