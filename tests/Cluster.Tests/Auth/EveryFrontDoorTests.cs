using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>
/// Invariants: whatever a credential was revoked by, and at whichever front door, once that call is answered no front door
/// accepts it, those that have just verified and remembered it included; and none refuses what another has just issued.
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class EveryFrontDoorTests(WholeCluster whole)
{
    private const int Rounds = 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checklist04_what_is_revoked_is_refused_by_every_front_door_when_the_call_returns()
    {
        await using var turn = await whole.Take();
        var doors = turn.Cluster.FrontDoors;
        await using var service = await GuardedService.Start(turn.Cluster);
        await using var client = await AuthClient.Make(turn.Cluster);
        for (var round = 0; round < Rounds; round++)
        {
            var at = doors[round % doors.Count];
            var user = $"user-{round}";

            // A token, by its client: with it goes the session, and so the cookie.
            var (_, access, cookie) = await client.SignIn(at, user);
            await service.AllAnswer(HttpStatusCode.OK, () => Bearer(access), () => Cookie(cookie));
            (await client.Revoke(at, access)).ShouldBe(HttpStatusCode.OK);
            await service.AllAnswer(HttpStatusCode.Unauthorized, () => Bearer(access), () => Cookie(cookie));

            // A session, by an administrator.
            (_, access, cookie) = await client.SignIn(at, user);
            await service.AllAnswer(HttpStatusCode.OK, () => Bearer(access), () => Cookie(cookie));
            (await at.Management.DeleteAsync($"/admin/v1/sessions/{cookie.SessionId}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            await service.AllAnswer(HttpStatusCode.Unauthorized, () => Bearer(access), () => Cookie(cookie));

            // An API key.
            using var made = await at.Management.PostAsJsonAsync("/admin/v1/api-keys", new { name = user }, Cancel);
            var key = await made.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            HttpRequestMessage ApiKey() => Request("X-API-Key", key.GetProperty("key").GetString()!);
            await service.AllAnswer(HttpStatusCode.OK, ApiKey);
            (await at.Management.DeleteAsync($"/admin/v1/api-keys/{key.GetProperty("id").GetString()}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            await service.AllAnswer(HttpStatusCode.Unauthorized, ApiKey);
        }

        // Everything of the client, and nothing of its users beside it.
        var (_, last, browser) = await client.SignIn(doors[0], "last");
        await service.AllAnswer(HttpStatusCode.OK, () => Bearer(last));
        (await doors[1].Management.DeleteAsync($"/admin/v1/clients/{client.Id}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await service.AllAnswer(HttpStatusCode.Unauthorized, () => Bearer(last));
        await service.AllAnswer(HttpStatusCode.OK, () => Cookie(browser));
    }

    [Fact]
    public async Task Checklist24_a_token_of_a_new_key_is_accepted_by_every_front_door_as_soon_as_one_has_issued_it()
    {
        await using var turn = await whole.Take();
        var doors = turn.Cluster.FrontDoors;
        await using var service = await GuardedService.Start(turn.Cluster);
        await using var client = await AuthClient.Make(turn.Cluster);
        var issued = new List<string>();
        for (var round = 0; round < doors.Count * 2; round++)
        {
            using var rotated = await doors[round % doors.Count].Management.PostAsync("/admin/v1/keys/rotate?immediately=true", null, Cancel);
            rotated.StatusCode.ShouldBe(HttpStatusCode.OK);
            foreach (var door in doors)
            {
                issued.Add((await client.SignIn(door, $"roller-{round}")).Access);
                await service.AllAnswer(HttpStatusCode.OK, () => Bearer(issued[^1]));
            }
        }

        foreach (var token in issued)
        {
            await service.AllAnswer(HttpStatusCode.OK, () => Bearer(token));
        }
    }

    private static HttpRequestMessage Bearer(string token) => Request("Authorization", new AuthenticationHeaderValue("Bearer", token).ToString());

    private static HttpRequestMessage Cookie(SessionCookie cookie) => Request("Cookie", $"{SessionCookie.Name}={cookie.Value}");

    private static HttpRequestMessage Request(string header, string value) => new()
    {
        Headers = { { header, value }, { CountingInstance.SentAtHeader, "0" } },
    };
}
