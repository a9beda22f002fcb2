using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Clients;

public sealed partial class FirstClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Demo_client_is_made_once_its_secret_is_in_a_file_of_the_user_alone_and_it_stays_deleted()
    {
        await using var host = await GatehouseHost.Start();
        var secret = await Secret(host);
        secret.ShouldNotBeNull();
        var file = Path.Combine(host.DataPath, "demo-client.txt");
        KeptSecret().Match(await File.ReadAllTextAsync(file, Cancel)).Groups["secret"].Value.ShouldBe(secret);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await Token(host, secret)).ShouldBe(HttpStatusCode.OK);

        await host.Restart();
        (await Secret(host)).ShouldBeNull();
        (await Token(host, secret)).ShouldBe(HttpStatusCode.OK);

        (await host.Management.DeleteAsync("/admin/v1/clients/demo", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await host.Restart();
        (await Secret(host)).ShouldBeNull();
        (await Token(host, secret)).ShouldNotBe(HttpStatusCode.OK);
    }

    private static Task<string?> Secret(GatehouseHost host) =>
        host.Services.GetRequiredService<FirstClient>().Secret.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

    private static async Task<HttpStatusCode> Token(GatehouseHost host, string secret)
    {
        var oauth = new OAuth(host);
        var answer = await oauth.Token(("grant_type", "client_credentials"), ("client_id", FirstClient.Id), ("client_secret", secret));
        // Just started: keys and clients come by their views.
        for (var i = 0; i < 200 && answer.Status == HttpStatusCode.ServiceUnavailable; i++)
        {
            await Task.Delay(50, Cancel);
            answer = await oauth.Token(("grant_type", "client_credentials"), ("client_id", FirstClient.Id), ("client_secret", secret));
        }

        return answer.Status;
    }

    [GeneratedRegex("client secret: (?<secret>.+)")]
    private static partial Regex KeptSecret();
}
