using System.Net;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Gateway.Limits;
using Gatehouse.Api.Gateway.PriorKnowledge;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Tests.Gateway.Auth;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Tests.Gateway.Circuits;
using Gatehouse.Api.Tests.Gateway.Limits;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>The gateway on a real listener, with routes and instances that the test sets.</summary>
internal sealed class Front : IAsyncDisposable
{
    private readonly WebApplication app;

    private Front(WebApplication app, FakeReplica<RouteTable> routes, FakeReplica<RegistrySnapshot> registry, FakeIdentity identity, FakeAuditTrail audit)
    {
        this.app = app;
        Identity = identity;
        Audit = audit;
        Routes = routes;
        Registry = registry;
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.First(candidate => Uri.IsWellFormedUriString(candidate, UriKind.Absolute));
        Url = new Uri(address);
        Client = Http(HttpVersion.Version11);
        Http2Client = Http(HttpVersion.Version20);
    }

    public FakeReplica<RouteTable> Routes { get; }

    public FakeReplica<RegistrySnapshot> Registry { get; }

    /// <summary>The keys and revocations that the gateway knows.</summary>
    public FakeIdentity Identity { get; }

    /// <summary>What the gateway had audited.</summary>
    public FakeAuditTrail Audit { get; }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public HttpClient Http2Client { get; }

    public IServiceProvider Services => app.Services;

    public static async Task<Front> Start(
        IEnumerable<RouteDocument> routes,
        IEnumerable<Instance> instances,
        Action<GatehouseOptions>? configure = null,
        Action<KestrelServerOptions>? kestrel = null,
        BookLimiters? limiters = null,
        Action<IServiceCollection>? services = null,
        LocalCircuits? circuits = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var table = new FakeReplica<RouteTable>(RouteTable.Of(new ViewVersion(1, 1), routes));
        var registry = new FakeReplica<RegistrySnapshot>(Make.Registry(instances));
        builder.Services.AddSingleton<IReplica<RouteTable>>(table);
        builder.Services.AddSingleton<IReplica<RegistrySnapshot>>(registry);
        builder.Services.Configure<GatehouseOptions>(options => configure?.Invoke(options));
        var identity = new FakeIdentity();
        identity.AddTo(builder.Services);
        var audit = new FakeAuditTrail();
        builder.Services.AddSingleton<IAuditTrail>(audit);
        builder.Services.AddSingleton<ILimiterDirectory>(limiters ?? new BookLimiters());
        circuits ??= new LocalCircuits();
        builder.Services.AddSingleton<ICircuitOwners>(circuits);
        builder.Services.AddSingleton<IReplica<CircuitSnapshot>>(circuits.View);
        services?.Invoke(builder.Services);
        builder.Services.TryAddSingleton<IReplica<CacheInvalidations>>(new FakeReplica<CacheInvalidations>(CacheInvalidations.Empty));
        builder.Services.AddGateway();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            kestrel?.Invoke(options);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttp2PriorKnowledge());
        });
        var app = builder.Build();
        circuits.Connect(app.Services.GetRequiredService<IViewProjection<CircuitSnapshot>>());
        app.UseGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Front(app, table, registry, identity, audit);
    }

    public Task Stop() => app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http2Client.Dispose();
        await app.DisposeAsync();
    }

    private HttpClient Http(Version version) => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        BaseAddress = Url,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(60),
    };
}
