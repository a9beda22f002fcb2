using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
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
            while (!rotated.IsCancellationRequested)
            {
                var (status, body) = await oauth.Token(("grant_type", "client_credentials"), ("client_id", "checklist-24"), ("client_secret", secret!));
                status.ShouldBe(HttpStatusCode.OK, body.ToString());
                var token = body.GetProperty("access_token").GetString()!;
                var (_, introspected) = await oauth.Post("/connect/introspect", ("client_id", "checklist-24"), ("client_secret", secret!), ("token", token));
                introspected.GetProperty("active").GetBoolean().ShouldBeTrue();

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
