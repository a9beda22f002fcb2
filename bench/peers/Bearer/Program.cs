using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Yarp.ReverseProxy.Configuration;

// What a team puts together from ASP.NET Core's own parts: YARP with one route, JwtBearer and the rate limiter, each as its
// documentation sets it up. --key is the file of the RSA public key, --issuer and --audience are what tokens must have.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
var settings = builder.Configuration;
var upstream = settings["upstream"] ?? "http://127.0.0.1:9000";
using var rsa = RSA.Create();
rsa.ImportFromPem(await File.ReadAllTextAsync(settings["key"]!));
builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
{
    bearer.MapInboundClaims = false;
    bearer.TokenValidationParameters = new TokenValidationParameters
    {
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        ValidTypes = ["at+jwt"],
        ValidIssuer = settings["issuer"],
        ValidAudience = settings["audience"],
        IssuerSigningKey = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)) { KeyId = "bench" },
        ClockSkew = TimeSpan.FromSeconds(30),
    };
});
builder.Services.AddAuthorization();
builder.Services.AddRateLimiter(limiter => limiter.AddPolicy("caller", context => RateLimitPartition.GetTokenBucketLimiter(
    context.User.FindFirst("sub")?.Value ?? "",
    _ => new TokenBucketRateLimiterOptions { TokenLimit = 1_000_000, TokensPerPeriod = 1_000_000, ReplenishmentPeriod = TimeSpan.FromSeconds(1) })));
builder.Services.AddReverseProxy().LoadFromMemory(
    [
        new RouteConfig
        {
            RouteId = "all",
            ClusterId = "all",
            Match = new RouteMatch { Path = "/{**rest}" },
            AuthorizationPolicy = "default",
            RateLimiterPolicy = "caller",
        },
    ],
    [
        new ClusterConfig
        {
            ClusterId = "all",
            Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = upstream } },
        },
    ]);
var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseRateLimiter();
app.MapReverseProxy();
await app.RunAsync();
