using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>A real HTTP service, in the test's process so that its clock is the test's.</summary>
internal sealed class LocalService : IAsyncDisposable
{
    private readonly WebApplication app;

    private LocalService(WebApplication app) => this.app = app;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Starts one on a free port.</summary>
    /// <param name="answer">What it does with each request.</param>
    /// <param name="address">Where it listens, if not on loopback.</param>
    public static async Task<LocalService> Start(RequestDelegate answer, IPAddress? address = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LocalService(app);
    }

    /// <summary>Starts one that answers with the trace header it was called with.</summary>
    public static Task<LocalService> StartEcho() => Start(context => context.Response.WriteAsync(context.Request.Headers.TraceParent.ToString()));

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
