using System.Net;
using System.Text;
using Gatehouse.Api.Commands;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>The Eureka endpoints over real HTTP, with nothing behind them but a <see cref="FakeCluster"/>.</summary>
public sealed class EurekaServer : IAsyncLifetime
{
    private readonly WebApplication app;

    public EurekaServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IReplica<RegistrySnapshot>>(Cluster);
        builder.Services.AddSingleton<IHeartbeats>(Cluster);
        builder.Services.AddSingleton<ServiceCommands>();
        builder.Services.AddSingleton<ClusterReach>();
        builder.Services.AddSingleton<CommandSender>();
        builder.Services.AddSingleton(Cluster.Grains());
        builder.Services.AddSingleton<TimeProvider>(Time);
        app = builder.Build();
        app.UseMiddleware<ProblemResponses>();
        app.MapEureka();
    }

    internal FakeCluster Cluster { get; } = new();

    internal FakeTimeProvider Time { get; } = new(Samples.Noon);

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None });

    public async ValueTask InitializeAsync()
    {
        await app.StartAsync();
        Http.BaseAddress = new Uri(app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }

    /// <summary>Sends a request; a header is written <c>Name: value</c>.</summary>
    internal Task<HttpResponseMessage> Send(string method, string path, string[]? headers = null, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var header in headers ?? [])
        {
            var parts = header.Split(": ", 2);
            request.Headers.TryAddWithoutValidation(parts[0], parts[1]).ShouldBeTrue();
        }

        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    internal async Task<string> GetText(string path, params string[] headers)
    {
        using var response = await Send("GET", path, headers);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    internal static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
