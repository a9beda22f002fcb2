using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Grains.Audit;
using Gatehouse.Api.Auth.Management;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Management;

/// <summary>Who may do what on the management surface. The foreign Host makes callers of this host anybody.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class ManagementScopeTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/admin/v1/routes", "Read")]
    [InlineData("PUT", "/admin/v1/routes/x", "Operate")]
    [InlineData("POST", "/admin/v1/routes:validate", "Operate")]
    [InlineData("GET", "/admin/v1/routesx", "Admin")]
    [InlineData("GET", "/admin/v1/users", "Admin")]
    [InlineData("GET", "/ADMIN/v1/users", "Admin")]
    [InlineData("GET", "/admin/v1/audit", "Admin")]
    [InlineData("GET", "/admin/v1/anything-new", "Admin")]
    [InlineData("GET", "/eureka/apps", "Read")]
    [InlineData("POST", "/eureka/apps/X", "Operate")]
    [InlineData("PUT", "/registry/v1/services/x/instances/1", "Operate")]
    [InlineData("GET", "/metrics", "Read")]
    [InlineData("GET", "/dashboard/", "Read")]
    [InlineData("POST", "/anything-new", "Operate")]
    [InlineData("PUT", "/sessions/v1/current", "Read")]
    [InlineData("GET", "/health/live", "None")]
    [InlineData("GET", "/healthy", "Read")]
    public void Needed_is_what_a_request_takes(string method, string path, string scope)
    {
        var context = new DefaultHttpContext { Request = { Method = method, Path = path } };

        ManagementRules.Needed(context.Request).ToString().ShouldBe(scope);
    }

    [Theory]
    [InlineData("gatehouse.read", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("gatehouse.operate", HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData("gatehouse.admin", HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK)]
    [InlineData("other gatehouse.read", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("gatehouse", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Token_may_do_what_its_scope_says(string scope, HttpStatusCode read, HttpStatusCode operate, HttpStatusCode admin)
    {
        var token = await ClusterTokens.Make(host, scope);

        (await Send("GET", "/admin/v1/routes", token)).ShouldBe(read);
        (await Send("DELETE", "/admin/v1/routes/never-was", token)).ShouldBe(operate);
        (await Send("GET", "/admin/v1/audit?limit=1", token)).ShouldBe(admin);
    }

    [Fact]
    public async Task Token_of_a_user_does_nothing_by_their_roles()
    {
        var token = await ClusterTokens.Make(host, "profile", claims => claims["roles"] = new[] { "admin" });

        (await Send("GET", "/admin/v1/routes", token)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Revoked_token_does_nothing()
    {
        var id = Guid.NewGuid().ToString("N");
        var token = await ClusterTokens.Make(host, "gatehouse.admin", claims => claims["jti"] = id);
        (await Send("GET", "/admin/v1/routes", token)).ShouldBe(HttpStatusCode.OK);

        using var revoked = await host.Management.PutAsync($"/admin/v1/revocations/token/{id}", null, Cancel);

        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Send("GET", "/admin/v1/routes", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("planet", "earth", HttpStatusCode.NotFound)]
    [InlineData("session", "", HttpStatusCode.NotFound)]
    [InlineData("session", "abc", HttpStatusCode.NoContent)]
    [InlineData("api-key", "abc", HttpStatusCode.NoContent)]
    public async Task Revocations_by_hand_are_of_known_kinds(string kind, string id, HttpStatusCode status)
    {
        using var response = await host.Management.PutAsync($"/admin/v1/revocations/{kind}/{id}", null, Cancel);

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Api_key_may_do_what_its_scopes_say()
    {
        using var made = await host.Management.PostAsJsonAsync("/admin/v1/api-keys", new { name = "prometheus", scopes = new[] { "gatehouse.read" } }, Cancel);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString()!;

        (await Send("GET", "/metrics", key, "ApiKey")).ShouldBe(HttpStatusCode.OK);
        (await Send("GET", "/admin/v1/audit", key, "ApiKey")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Changes_and_denials_are_audited_with_who_and_what()
    {
        var id = $"audited-{Guid.NewGuid():N}";
        var token = await ClusterTokens.Make(host, "gatehouse.operate");

        await Send("DELETE", $"/admin/v1/routes/{id}", token);
        await Send("DELETE", $"/admin/v1/users/{id}", token);

        var change = await Audited($"DELETE /admin/v1/routes/{id}");
        change.GetProperty("type").GetString().ShouldBe("management.change");
        change.GetProperty("actor").GetString().ShouldBe("client:ci");
        change.GetProperty("outcome").GetString().ShouldBe("failed");
        change.GetProperty("address").GetString().ShouldBe("127.0.0.1");
        var denial = await Audited($"DELETE /admin/v1/users/{id}");
        denial.GetProperty("type").GetString().ShouldBe("management.denied");
        denial.GetProperty("outcome").GetString().ShouldBe("denied");
    }

    [Fact]
    public async Task Browser_that_opens_a_page_gets_a_login()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard/?a=1");
        request.Headers.Host = "localhost";
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("Sec-Fetch-Mode", "navigate");

        using var response = await host.Management.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.Location!.OriginalString.ShouldBe($"{host.Public.BaseAddress}account/login");
    }

    private async Task<JsonElement> Audited(string target)
    {
        await host.Services.GetRequiredService<IAuditTrail>().Flush(Cancel);
        var found = await host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/audit?target={Uri.EscapeDataString(target)}", Cancel);
        return found.GetProperty("records").EnumerateArray().ShouldHaveSingleItem();
    }

    private async Task<HttpStatusCode> Send(string method, string path, string credential, string scheme = "Bearer")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = "ops.example";
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, credential);
        using var response = await host.Management.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}
