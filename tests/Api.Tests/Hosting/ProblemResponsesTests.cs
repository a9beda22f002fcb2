using System.Net;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Tests.Views;
using Gatehouse.Api.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class ProblemResponsesTests : IAsyncLifetime
{
    private readonly FakeReplicaStatus replica = new("registry");
    private readonly WebApplication app;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public ProblemResponsesTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IReplicaStatus>(replica);
        builder.Services.AddSingleton<ClusterReach>();
        app = builder.Build();
        app.UseMiddleware<ProblemResponses>();
        app.Map("/", () => "served");
        app.Map("/shed", string () => throw new GatewayTooBusyException());
    }

    public async ValueTask InitializeAsync()
    {
        await app.StartAsync(TestContext.Current.CancellationToken);
        http.BaseAddress = new Uri(app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Invoke_changeWithoutCluster_is_refused_at_once(string method)
    {
        replica.State = LeaseState.Stale;

        using var response = await Send(method);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("cluster-unavailable");
    }

    [Theory]
    [InlineData("GET", LeaseState.Stale)]
    [InlineData("POST", LeaseState.Leased)]
    [InlineData("POST", LeaseState.Renewing)]
    public async Task Invoke_readOrClusterWithinReach_is_served(string method, LeaseState state)
    {
        replica.State = state;

        using var response = await Send(method);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Invoke_call_that_a_busy_silo_sheds_is_answered_503(string method)
    {
        using var response = await Send(method, "/shed");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("cluster-unavailable");
    }

    private Task<HttpResponseMessage> Send(string method, string path = "/") =>
        http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);
}
