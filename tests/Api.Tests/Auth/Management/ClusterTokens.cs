using Gatehouse.Api.Auth;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Tests.Auth.Management;

/// <summary>Access tokens signed by a host's own keys, saying what a test wants.</summary>
internal static class ClusterTokens
{
    public static async Task<string> Make(GatehouseHost host, string scope, Action<Dictionary<string, object>>? change = null)
    {
        var keys = host.Services.GetRequiredService<IReplica<SigningKeyRing>>();
        await foreach (var ring in keys.Follow(TestContext.Current.CancellationToken))
        {
            if (ring.Signing(SigningAlgorithm.Es256) is { } signing)
            {
                return Sign(host, signing, scope, change);
            }
        }

        throw new InvalidOperationException("There are no keys.");
    }

    private static string Sign(GatehouseHost host, SigningCredentials signing, string scope, Action<Dictionary<string, object>>? change)
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = "ci",
            ["client_id"] = "ci",
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["scope"] = scope,
        };
        change?.Invoke(claims);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = host.Services.GetRequiredService<TokenIssuer>().Value,
            Audience = "gatehouse",
            Expires = host.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime.AddMinutes(5),
            Claims = claims,
            SigningCredentials = signing,
        });
    }
}
