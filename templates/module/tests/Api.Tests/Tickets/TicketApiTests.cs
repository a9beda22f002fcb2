using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Tickets;

/// <summary>The module over HTTP, through the gateway of a real host, by a caller with an API key.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class TicketApiTests(GatehouseHost host) : IAsyncLifetime
{
    private readonly string path = $"/tickets/{Guid.NewGuid():N}";
    private string apiKey = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var made = await host.Management.PostAsJsonAsync(new Uri("/admin/v1/api-keys", UriKind.Relative), new { name = "test" }, Cancel);
        apiKey = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString()!;
        (await Send(HttpMethod.Put, path, new { title = "First" })).Status.ShouldBe(200);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Request_ofNobody_isRefused()
    {
        using var response = await host.Public.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        ((int)response.StatusCode).ShouldBe(401);
    }

    [Fact]
    public async Task Change_repeatedWithItsKey_isAppliedOnce()
    {
        var key = Guid.NewGuid().ToString("N");

        await Send(HttpMethod.Post, $"{path}/changes", new { by = 5 }, key);
        (await Send(HttpMethod.Post, $"{path}/changes", new { by = 5 }, key)).Status.ShouldBe(200);

        (await Send(HttpMethod.Get, path)).Body.GetProperty("count").GetInt32().ShouldBe(5);
        (await Send(HttpMethod.Post, $"{path}/changes", new { by = 6 }, key)).Status.ShouldBe(422);
    }

    [Fact]
    public async Task Change_belowNone_isRefusedNamingTheField()
    {
        var refused = await Send(HttpMethod.Post, $"{path}/changes", new { by = -1 }, "once");

        refused.Status.ShouldBe(409);
        refused.Body.GetProperty("errors").TryGetProperty("by", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Name_withAnOldTag_isRefused()
    {
        var tag = (await Send(HttpMethod.Get, path)).ETag;

        (await Send(HttpMethod.Put, path, new { title = "Second" }, ifMatch: tag)).Status.ShouldBe(200);
        (await Send(HttpMethod.Put, path, new { title = "Third" }, ifMatch: tag)).Status.ShouldBe(412);
    }

    [Theory]
    [InlineData("PUT", "", "{}", "title")]
    [InlineData("PUT", "", """{"title":5}""", "title")]
    [InlineData("POST", "/changes", """{"by":"many"}""", "by")]
    [InlineData("POST", "/changes", """{"by":1,"colour":"red"}""", "colour")]
    public async Task Bad_input_isRefusedNamingTheField(string method, string below, string body, string field)
    {
        var refused = await Send(new HttpMethod(method), path + below, JsonSerializer.Deserialize<JsonElement>(body), "some-key");

        refused.Status.ShouldBe(400);
        refused.Body.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    private async Task<(int Status, JsonElement Body, string? ETag)> Send(
        HttpMethod method, string at, object? body = null, string? key = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(at, UriKind.Relative));
        request.Headers.Add("X-API-Key", apiKey);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await host.Public.SendAsync(request, Cancel);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancel), response.Headers.ETag?.Tag);
    }
}
