using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>
/// Invariants: of any number of refreshes with one token, on whichever front doors, at most one is answered with tokens; once
/// a token was used twice, none of its family is worth anything; a silo that is killed in between changes neither.
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class RefreshReuseTests(WholeCluster whole)
{
    private const int Families = 6;
    private const int AtOnce = 8;

    [Fact]
    public async Task Checklist19_eight_refreshes_at_once_have_at_most_one_winner_also_while_a_silo_is_killed()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        await using var client = await AuthClient.Make(cluster);
        var tokens = new List<string>();
        for (var i = 0; i < Families; i++)
        {
            tokens.Add(await client.Begin(cluster.FrontDoors[0], $"user-{i}"));
        }

        var attempts = tokens
            .Select(token => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => client.Refresh(cluster.FrontDoors[i % 2], token))))
            .ToArray();
        await cluster.Silos[1].Process.Kill();
        var answers = await Task.WhenAll(attempts);

        for (var i = 0; i < Families; i++)
        {
            answers[i].Count(answer => answer.Status == HttpStatusCode.OK).ShouldBeLessThanOrEqualTo(1);
            // Once more, as somebody who stole it would: after this the token has certainly been used twice.
            var again = await client.RefreshUntilKnown(cluster.FrontDoors[1], tokens[i]);
            if (Array.TrueForAll(answers[i], answer => answer.Status >= HttpStatusCode.InternalServerError))
            {
                // All were cut off before it was redeemed, or after: then this one may have been the first.
                again.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
                again = await client.RefreshUntilKnown(cluster.FrontDoors[0], tokens[i]);
            }

            again.ShouldBe(HttpStatusCode.BadRequest);
            foreach (var next in answers[i].Select(answer => answer.Refresh).OfType<string>())
            {
                (await client.RefreshUntilKnown(cluster.FrontDoors[0], next)).ShouldBe(HttpStatusCode.BadRequest);
            }
        }
    }

    [Fact]
    public async Task Checklist19_what_was_redeemed_stays_so_when_every_silo_was_killed()
    {
        await using var cluster = await GatehouseCluster.Start(silos: 1, frontDoors: 1);
        await using var client = await AuthClient.Make(cluster);
        var door = cluster.FrontDoors[0];
        var first = await client.Begin(door, "user");
        var (status, second, _) = await client.Refresh(door, first);
        status.ShouldBe(HttpStatusCode.OK);

        await cluster.Silos[0].Process.Kill();
        await cluster.AddSilo();

        (await client.RefreshUntilKnown(door, first)).ShouldBe(HttpStatusCode.BadRequest);
        (await client.RefreshUntilKnown(door, second!)).ShouldBe(HttpStatusCode.BadRequest);
    }
}
