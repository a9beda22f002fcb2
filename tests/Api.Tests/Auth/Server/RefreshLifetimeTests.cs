using System.Net;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Server;

namespace Gatehouse.Api.Tests.Auth.Server;

public sealed class RefreshLifetimeTests
{
    [Fact]
    public async Task Checklist20_a_family_of_refresh_tokens_ends_however_often_it_is_used()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await GatehouseHost.Start(
            ["--Gatehouse:Auth:RefreshTokenLifetime=10.00:00:00"],
            builder => builder.Services.Configure<OpenIddictServerOptions>(server => server.TimeProvider = time));
        var oauth = new OAuth(host);
        var secret = await oauth.Client("checklist-20");
        var tokens = await oauth.Tokens("checklist-20", secret, await oauth.SignIn("user-20"));

        for (var day = 3; day < 10; day += 3)
        {
            time.Advance(TimeSpan.FromDays(3));
            var (status, body) = await Refresh();
            status.ShouldBe(HttpStatusCode.OK, $"day {day}: {body}");
            tokens = body;
        }

        time.Advance(TimeSpan.FromDays(2));
        var (expired, error) = await Refresh();
        expired.ShouldBe(HttpStatusCode.BadRequest);
        error.GetProperty("error").GetString().ShouldBe("invalid_grant");

        Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> Refresh() => oauth.Token(
            ("grant_type", "refresh_token"), ("client_id", "checklist-20"), ("client_secret", secret!),
            ("refresh_token", tokens.GetProperty("refresh_token").GetString()!));
    }
}
