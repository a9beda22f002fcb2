using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Auth.Management;

/// <summary>Clients of Eureka have a name and a password in their URL, and cannot ask for tokens.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class ClientCredentialsTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private OAuth OAuth => new(host);

    [Theory]
    [InlineData("gatehouse.read", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("gatehouse.operate", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData("books", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task A_client_registers_and_reads_by_its_id_and_secret_as_far_as_its_scopes_go(string scope, HttpStatusCode read, HttpStatusCode register)
    {
        var id = $"eureka-{scope}";
        var secret = await Make(id, scope);

        (await Read(id, secret)).ShouldBe(read);
        (await Register(id, secret)).ShouldBe(register);
    }

    [Fact]
    public async Task Nobody_else_gets_in()
    {
        var secret = await Make("eureka-known", "gatehouse.operate");

        (await Read("eureka-known", secret + "x")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Read("eureka-unknown", secret)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Read("", "")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Read("eureka-known", "")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_client_that_does_not_act_for_itself_gets_nothing_by_its_secret()
    {
        var secret = await OAuth.Client("eureka-web", new
        {
            grants = new[] { "authorization_code" },
            redirectUris = new[] { OAuth.Redirect },
            scopes = new[] { "gatehouse.admin" },
        });

        (await Read("eureka-web", secret!)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task From_the_answer_on_a_secret_that_was_replaced_and_a_client_that_is_gone_get_nothing()
    {
        var before = await Make("eureka-rolled", "gatehouse.read");
        using var renewed = await host.Management.PostAsync("/admin/v1/clients/eureka-rolled/secret", null, Cancel);
        var after = (await renewed.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Cancel)).GetProperty("secret").GetString()!;

        (await Read("eureka-rolled", before)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Read("eureka-rolled", after)).ShouldBe(HttpStatusCode.OK);

        (await host.Management.DeleteAsync("/admin/v1/clients/eureka-rolled", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Read("eureka-rolled", after)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<string> Make(string id, string scope) =>
        (await OAuth.Client(id, new { grants = new[] { "client_credentials" }, scopes = new[] { scope } }))!;

    private Task<HttpStatusCode> Read(string id, string secret) => Send(new HttpRequestMessage(HttpMethod.Get, "/eureka/apps"), id, secret);

    private Task<HttpStatusCode> Register(string id, string secret) => Send(
        new HttpRequestMessage(HttpMethod.Post, "/eureka/apps/BASIC")
        {
            Content = JsonContent.Create(new
            {
                instance = new
                {
                    instanceId = id,
                    app = "BASIC",
                    hostName = "10.0.0.1",
                    ipAddr = "10.0.0.1",
                    vipAddress = "basic",
                    status = "UP",
                    port = new Dictionary<string, object> { ["$"] = 8080, ["@enabled"] = "true" },
                    dataCenterInfo = new Dictionary<string, object> { ["@class"] = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", ["name"] = "MyOwn" },
                },
            }),
        },
        id,
        secret);

    private async Task<HttpStatusCode> Send(HttpRequestMessage request, string id, string secret)
    {
        using var sent = request;
        sent.Headers.Host = "services.example";
        sent.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));
        using var response = await host.Management.SendAsync(sent, Cancel);
        return response.StatusCode;
    }
}
