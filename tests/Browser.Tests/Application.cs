using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Browser.Tests;

/// <summary>An application of somebody else's, at another origin, that people come back to.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly WebApplication app;

    private Application(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public static async Task<Application> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/{**any}", () => "The application");
        await app.StartAsync();
        return new Application(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
