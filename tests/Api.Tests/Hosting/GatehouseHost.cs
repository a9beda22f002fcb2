using Gatehouse.Api.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Hosting;

/// <summary>
/// The real application in the embedded default: real listeners on free ports, a data folder of its own. Shared by the
/// tests that take it as <c>[Collection(SharedGatehouse.Name)]</c>; a test that restarts it makes its own by
/// <see cref="Start"/>.
/// </summary>
public sealed class GatehouseHost : IAsyncLifetime
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("gatehouse-");
    private readonly string[] settings;
    private readonly Action<WebApplicationBuilder>? configure;
    private WebApplication? app;

    public GatehouseHost() : this([], null)
    {
    }

    private GatehouseHost(string[] settings, Action<WebApplicationBuilder>? configure)
    {
        this.settings = settings;
        this.configure = configure;
    }

    /// <summary>Calls the public listener; follows no redirects.</summary>
    public HttpClient Public { get; private set; } = null!;

    /// <summary>Calls the management listener; follows no redirects.</summary>
    public HttpClient Management { get; private set; } = null!;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => app?.Services ?? throw new InvalidOperationException("The host is not started.");

    /// <summary>The folder of the store.</summary>
    public string DataPath => data.FullName;

    /// <summary>Starts a host of its own.</summary>
    /// <param name="settings">Settings as on the command line, such as <c>--Gatehouse:Zone=a</c>.</param>
    /// <param name="configure">Changes to its services.</param>
    public static async Task<GatehouseHost> Start(string[]? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var host = new GatehouseHost(settings ?? [], configure);
        await host.InitializeAsync();
        return host;
    }

    public async ValueTask InitializeAsync()
    {
        app = GatehouseApp.Build(
            [
                "--Gatehouse:PublicUrl=http://127.0.0.1:0",
                "--Gatehouse:ManagementUrl=http://127.0.0.1:0",
                $"--Gatehouse:DataPath={data.FullName}",
                .. settings,
            ],
            configure);
        await app.StartAsync();
        var listeners = Services.GetRequiredService<Listeners>();
        Public = Client(listeners.Public);
        Management = Client(listeners.Management);
    }

    /// <summary>Stops the application in good order and starts it anew on the same data; the ports change.</summary>
    public async Task Restart()
    {
        await Stop();
        await InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        data.Delete(recursive: true);
    }

    private async Task Stop()
    {
        Public?.Dispose();
        Management?.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
            app = null;
        }
    }

    private static HttpClient Client(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
}

/// <summary>Tests that share one <see cref="GatehouseHost"/>. They name what they register uniquely.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGatehouse : ICollectionFixture<GatehouseHost>
{
    public const string Name = "gatehouse";
}
