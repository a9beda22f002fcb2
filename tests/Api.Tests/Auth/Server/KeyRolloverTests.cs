using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Tests.Auth.Server;

[Collection(SharedGatehouse.Name)]
public sealed class KeyRolloverTests(GatehouseHost host)
{
    private const int Rotations = 5;
    private const int Callers = 4;

    private readonly OAuth oauth = new(host);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checklist24_keys_roll_over_under_load_without_one_refusal()
    {
        await using var upstream = await Upstream.Start(context => context.Response.WriteAsync(context.Request.Headers["Gatehouse-Identity"].ToString(), Cancel));
        await Put("/registry/v1/services/rollover/instances/1", new { address = upstream.Address });
        await Put("/admin/v1/routes/rollover", new { match = new { path = "/rollover/{**rest}" }, to = new { service = "rollover" } });
        var secret = await oauth.Client("checklist-24", new { grants = new[] { "client_credentials" }, scopes = new[] { "books" } });
        var kids = new ConcurrentDictionary<string, int>();
        using var rotated = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(_ => Call()).ToArray();
        for (var i = 0; i < Rotations; i++)
        {
            var before = kids.Count;
            using var response = await host.Management.PostAsync("/admin/v1/keys/rotate?immediately=true", null, Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            while (kids.Count <= before && !callers.Any(caller => caller.IsCompleted))
            {
                // Until somebody has been given a token of the new key.
                await Task.Yield();
            }
        }

        await rotated.CancelAsync();
        (await Task.WhenAll(callers)).Sum().ShouldBeGreaterThan(Rotations);
        kids.Count.ShouldBeGreaterThanOrEqualTo(Rotations);

        async Task<int> Call()
        {
            var calls = 0;
            var tokens = new Queue<string>();
            while (!rotated.IsCancellationRequested)
            {
                var (status, body) = await oauth.Token(("grant_type", "client_credentials"), ("client_id", "checklist-24"), ("client_secret", secret!));
                status.ShouldBe(HttpStatusCode.OK, body.ToString());
                var token = body.GetProperty("access_token").GetString()!;
                var (_, introspected) = await oauth.Post("/connect/introspect", ("client_id", "checklist-24"), ("client_secret", secret!), ("token", token));
                introspected.GetProperty("active").GetBoolean().ShouldBeTrue();

                // At the gateway: this one, and those of the keys before it, which were verified there when they were young.
                tokens.Enqueue(token);
                foreach (var used in tokens)
                {
                    (await Use(used)).ShouldBe(HttpStatusCode.OK);
                }

                if (tokens.Count > 20)
                {
                    tokens.Dequeue();
                }

                // Whoever reads the published keys now can verify what was issued before.
                var keys = new JsonWebKeySet(await host.Public.GetStringAsync("/.well-known/jwks", Cancel));
                var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
                {
                    IssuerSigningKeys = keys.GetSigningKeys(),
                    ValidIssuer = host.Public.BaseAddress!.ToString(),
                    ValidAudience = "gatehouse",
                });
                result.IsValid.ShouldBeTrue(result.Exception?.Message);
                kids.TryAdd(OAuth.Header(token).GetProperty("kid").GetString()!, 0);
                calls++;
            }

            return calls;
        }
    }

    private async Task<HttpStatusCode> Use(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/rollover/x");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Public.SendAsync(request, Cancel);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            // Nor is a service ever told by a key that is not published.
            var keys = new JsonWebKeySet(await host.Public.GetStringAsync("/.well-known/jwks", Cancel));
            var identity = new JsonWebToken(await response.Content.ReadAsStringAsync(Cancel));
            keys.Keys.Select(key => key.Kid).ShouldContain(identity.Kid);
        }

        return response.StatusCode;
    }

    private async Task Put(string path, object document)
    {
        using var response = await host.Management.PutAsJsonAsync(path, document, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Published_keys_have_no_private_part()
    {
        await oauth.Client("keys-published");
        var document = JsonSerializer.Deserialize<JsonElement>(await host.Public.GetStringAsync("/.well-known/jwks", Cancel));

        var keys = document.GetProperty("keys").EnumerateArray().ToArray();
        keys.Select(key => key.GetProperty("kty").GetString()).Distinct().ShouldBe(["EC", "RSA"], ignoreOrder: true);
        keys.ShouldAllBe(key => key.EnumerateObject().All(member => member.Name != "d" && member.Name != "p" && member.Name != "q"));
    }
}
