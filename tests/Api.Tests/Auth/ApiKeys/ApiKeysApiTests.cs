using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Auth.ApiKeys;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Auth.ApiKeys;

/// <summary>API keys from their making to their end, on the real host with a real service behind it.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class ApiKeysApiTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_is_taken_until_it_is_revoked()
    {
        var name = $"keys-{Guid.NewGuid():N}";
        var identity = "";
        await using var upstream = await Upstream.Start(context =>
        {
            identity = context.Request.Headers["Gatehouse-Identity"].ToString();
            return Task.CompletedTask;
        });
        await Put($"/registry/v1/services/{name}/instances/1", new { address = upstream.Address, leaseSeconds = 300 });
        await Put($"/admin/v1/routes/{name}", new { match = new { path = $"/{name}/{{**rest}}" }, to = new { service = name }, auth = new { scopes = new[] { "jobs" } } });
        var made = await Make(new { name = "nightly job", scopes = new[] { "jobs" } });
        var key = made.GetProperty("key").GetString()!;
        key.ShouldStartWith(ApiKeySecret.Prefix);

        (await Call(name, key)).ShouldBe(HttpStatusCode.OK);
        (await Call(name, key)).ShouldBe(HttpStatusCode.OK);
        new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(identity).Subject.ShouldBe(made.GetProperty("id").GetString());
        (await Call(name, key[..^2] + (key[^2] == 'A' ? 'B' : 'A') + key[^1])).ShouldBe(HttpStatusCode.Unauthorized);
        var other = await Make(new { name = "another" });
        (await Call(name, other.GetProperty("key").GetString()!)).ShouldBe(HttpStatusCode.Forbidden);

        using var revoked = await host.Management.DeleteAsync($"/admin/v1/api-keys/{made.GetProperty("id").GetString()}", Cancel);

        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Call(name, key)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Secret_is_told_once()
    {
        var made = await Make(new { name = "told once", roles = new[] { "member" }, expiresInDays = 30 });
        var id = made.GetProperty("id").GetString()!;
        var secret = made.GetProperty("key").GetString()!;

        var body = await host.Management.GetStringAsync($"/admin/v1/api-keys/{id}", Cancel);
        var all = await host.Management.GetStringAsync("/admin/v1/api-keys", Cancel);

        body.ShouldContain("told once");
        body.ShouldNotContain(secret[^43..]);
        all.ShouldContain(id);
        all.ShouldNotContain(secret[^43..]);
        all.ShouldNotContain("hash");
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"x","scopes":"a"}""", "scopes")]
    [InlineData("""{"name":"x","expiresInDays":0}""", "expiresInDays")]
    [InlineData("""{"name":"x","scope":["a"]}""", "scope")]
    public async Task Bad_request_names_the_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await host.Management.PostAsync("/admin/v1/api-keys", content, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    private async Task<HttpStatusCode> Call(string name, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{name}/x");
        request.Headers.Add("X-API-Key", key);
        using var response = await host.Public.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private async Task<JsonElement> Make(object key)
    {
        using var response = await host.Management.PostAsJsonAsync("/admin/v1/api-keys", key, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private async Task Put(string path, object body)
    {
        using var response = await host.Management.PutAsJsonAsync(path, body, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await response.Content.ReadAsStringAsync(Cancel)}");
    }
}
