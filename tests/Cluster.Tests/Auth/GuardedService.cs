using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>A service behind all front doors of a cluster that takes authenticated callers only.</summary>
internal sealed class GuardedService : IAsyncDisposable
{
    // Not those of the harness, which present the management secret wherever they call.
    private readonly HttpClient callers = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
    private readonly string name = $"guarded-{Guid.NewGuid():N}";
    private readonly CountingInstance instance;
    private readonly IReadOnlyList<GatehouseProcess> doors;

    private GuardedService(CountingInstance instance, IReadOnlyList<GatehouseProcess> doors)
    {
        this.instance = instance;
        this.doors = doors;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<GuardedService> Start(GatehouseCluster cluster)
    {
        var service = new GuardedService(await CountingInstance.Start("guarded"), cluster.FrontDoors);
        var management = cluster.FrontDoors[0].Management;
        await Put(management, $"/registry/v1/services/{service.name}/instances/1", new { address = service.instance.Address, leaseSeconds = 600 });
        await Put(management, $"/admin/v1/routes/{service.name}", new
        {
            match = new { path = $"/{service.name}/{{**rest}}" }, to = new { service = service.name }, auth = "authenticated",
        });
        return service;
    }

    /// <summary>Calls it through every front door at once, with nothing but what each request brings along, and sees that all answer so.</summary>
    public async Task AllAnswer(HttpStatusCode status, params Func<HttpRequestMessage>[] requests)
    {
        foreach (var make in requests)
        {
            var answers = await Task.WhenAll(doors.Select(door => Call(door, make)));
            answers.ShouldAllBe(answer => answer == status);
        }
    }

    public async ValueTask DisposeAsync()
    {
        callers.Dispose();
        await instance.DisposeAsync();
    }

    private async Task<HttpStatusCode> Call(GatehouseProcess door, Func<HttpRequestMessage> make)
    {
        using var request = make();
        request.RequestUri = new Uri(door.Public.BaseAddress!, $"/{name}/x");
        using var response = await callers.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private static async Task Put(HttpClient management, string path, object document)
    {
        using var response = await management.PutAsJsonAsync(path, document, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancel));
    }
}
