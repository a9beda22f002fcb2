using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Auth.Users;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Audit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Audit;

/// <summary>Every management change and every security event is in the audit log.</summary>
[Collection(SharedGatehouse.Name)]
public sealed partial class AuditCompletenessTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_of_administration_that_changes_something_is_recorded()
    {
        var changes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/admin/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => (Method: method, Path: endpoint.RoutePattern.RawText!))
            .Where(change => change.Method is not ("GET" or "HEAD" or "OPTIONS"))
            .ToArray();
        changes.Length.ShouldBeGreaterThan(15);

        foreach (var (method, pattern) in changes)
        {
            var path = Parameter().Replace(pattern, $"audited-{Guid.NewGuid():N}").TrimEnd('/');
            var before = (await Find($"target={Uri.EscapeDataString($"{method} {path}")}")).Count;
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(new { nonsense = 1 }) };
            using var response = await host.Management.SendAsync(request, Cancel);

            var records = await Find($"type=management.change&target={Uri.EscapeDataString($"{method} {path}")}");
            records.Count.ShouldBe(before + 1, $"{method} {path}");
            records[0].GetProperty("outcome").GetString().ShouldBe((int)response.StatusCode < 400 ? "success" : "failed");
            records[0].GetProperty("actor").GetString().ShouldBe("local");
        }
    }

    [Fact]
    public async Task What_a_user_does_to_an_account_is_recorded()
    {
        var (browser, email) = await Browser.SignUp(host);
        var user = (await Find("type=user.signed-up"))[0].GetProperty("target").GetString()!;

        await AuthenticatorApp.SetUp(browser, TimeProvider.System);
        await browser.Get("/account/recovery-codes");
        await browser.Submit("/account/recovery-codes");
        await new Browser(host).LogIn(email, "a wrong password");
        var forgetful = new Browser(host);
        await forgetful.Get("/account/forgot");
        await forgetful.Submit("/account/forgot", ("email", email));
        await browser.Get("/account");
        await browser.Submit("/account/logout");

        var types = (await Find($"target={user}")).Select(record => $"{record.GetProperty("type").GetString()} {record.GetProperty("outcome").GetString()}").ToArray();
        types.ShouldContain("user.signed-up success");
        types.ShouldContain("login success");
        types.ShouldContain("login denied");
        types.ShouldContain("user.authenticator-added success");
        types.ShouldContain("user.recovery-codes-made success");
        types.ShouldContain("user.password-reset-mailed success");
        var ended = (await Find($"type=session.ended&actor={user}")).ShouldHaveSingleItem();
        ended.GetProperty("details").GetProperty("reason").GetString().ShouldBe("SignedOut");
    }

    [Fact]
    public async Task What_a_client_does_is_recorded()
    {
        var oauth = new OAuth(host);
        var id = $"audited-{Guid.NewGuid():N}";
        var secret = await oauth.Client(id, new
        {
            grants = new[] { "client_credentials", "authorization_code", "refresh_token" },
            redirectUris = new[] { OAuth.Redirect },
            scopes = new[] { "books", "offline_access" },
        });
        var user = $"user-of-{id}";
        var cookie = await oauth.SignIn(user);
        var address = OAuth.Address(OAuth.CodeRequest(id, "books offline_access"));
        using var asked = await oauth.Browse(address, cookie);
        using var allowed = await oauth.Browse("/connect/authorize", cookie, [.. await OAuth.Hidden(asked), ("decision", "allow")]);
        var returned = OAuth.Returned(allowed);
        (string, string)[] code =
        [
            ("grant_type", "authorization_code"), ("client_id", id), ("client_secret", secret!), ("code", returned["code"]), ("redirect_uri", OAuth.Redirect), ("code_verifier", OAuth.Verifier),
        ];
        var (_, tokens) = await oauth.Token(code);
        await oauth.Token(code);
        var (_, own) = await oauth.Token(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret!));
        await oauth.Post("/connect/revoke", ("client_id", id), ("client_secret", secret!), ("token", own.GetProperty("access_token").GetString()!));
        await oauth.Token(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", "wrong"));

        tokens.GetProperty("access_token").GetString().ShouldNotBeNull();
        (await Find($"type=consent.allowed&target=user:{user}")).ShouldHaveSingleItem().GetProperty("details").GetProperty("client").GetString().ShouldBe(id);
        (await Find($"type=token.reused&actor=client:{id}")).ShouldHaveSingleItem();
        (await Find($"type=token.revoked&actor=client:{id}")).ShouldHaveSingleItem();
        (await Find($"type=client.denied&target=client:{id}")).ShouldHaveSingleItem().GetProperty("outcome").GetString().ShouldBe("denied");
        (await Find("type=session.ended")).ShouldContain(record => record.GetProperty("details").GetProperty("user").GetString() == user);
    }

    [Fact]
    public async Task Changes_of_signing_keys_are_recorded_whoever_makes_them()
    {
        using var rotated = await host.Management.PostAsync("/admin/v1/keys/rotate?immediately=true", null, Cancel);
        var keys = (await rotated.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("keys").EnumerateArray();

        var active = keys.First(key => key.GetProperty("status").GetString() == "active").GetProperty("id").GetString();
        (await Find($"type=signing-key.changed&target=signing-key:{active}")).ShouldNotBeEmpty();
    }

    private async Task<List<JsonElement>> Find(string query)
    {
        await host.Services.GetRequiredService<IAuditTrail>().Flush(Cancel);
        var found = await host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/audit?limit=1000&{query}", Cancel);
        return [.. found.GetProperty("records").EnumerateArray()];
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
