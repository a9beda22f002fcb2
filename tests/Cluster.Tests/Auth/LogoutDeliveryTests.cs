using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>Invariant: a client is told of every session's end that was answered, whatever was killed meanwhile.</summary>
public sealed class LogoutDeliveryTests
{
    private const int Sessions = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_are_told_of_every_end_though_every_silo_and_the_front_door_were_killed()
    {
        var told = new ConcurrentDictionary<string, int>();
        var answer = StatusCodes.Status503ServiceUnavailable;
        await using var application = await LocalService.Start(async context =>
        {
            var token = (await context.Request.ReadFormAsync(Cancel))["logout_token"].ToString();
            context.Response.StatusCode = Volatile.Read(ref answer);
            if (context.Response.StatusCode == StatusCodes.Status200OK)
            {
                told.AddOrUpdate(AuthClient.Content(token).GetProperty("sid").GetString()!, 1, (_, count) => count + 1);
            }
        });

        await using var cluster = await GatehouseCluster.Start(silos: 1, frontDoors: 1);
        await using var client = await AuthClient.Make(cluster, backChannelLogoutUri: $"{application.Address}logout");
        var ended = new List<string>();
        for (var i = 0; i < Sessions; i++)
        {
            var (_, _, cookie) = await client.SignIn(cluster.FrontDoors[0], $"user-{i}");
            using var response = await cluster.FrontDoors[0].Management.DeleteAsync($"/admin/v1/sessions/{cookie.SessionId}", Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            ended.Add(cookie.SessionId);
        }

        await cluster.FrontDoors[0].Process.Kill();
        await cluster.Silos[0].Process.Kill();
        Volatile.Write(ref answer, StatusCodes.Status200OK);
        await cluster.AddSilo();
        await cluster.AddFrontDoor();

        // What was noted only with the session is taken up by a reminder, within a minute or two.
        await Eventually.Holds(
            () => Task.FromResult(ended.TrueForAll(told.ContainsKey)), TimeSpan.FromMinutes(4), () => $"{told.Count} of {ended.Count} are told");
    }
}
