using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>
/// The invariants of <see cref="RefreshReuseTests"/> in the embedded default, whose one process, store and all, is killed while
/// refreshes are under way, and started again on its data.
/// </summary>
public sealed class RefreshAfterKillTests : IDisposable
{
    private const int Families = 3;
    private const int AtOnce = 8;

    // One issuer, at whichever port it listens.
    private const string Issuer = "--Gatehouse:Auth:Issuer=http://gatehouse.test/";

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("gatehouse-");

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task Checklist19_eight_refreshes_at_once_have_at_most_one_winner_also_when_the_process_is_killed()
    {
        OAuthClient? client = null;
        EmbeddedUser? user = null;
        IReadOnlyList<(string Token, IReadOnlyList<TokenAnswer> Answers)> before = [];
        // How many answers there are before the kill; the last life is there to see what is left.
        foreach (var answers in (int?[])[1, 40, null])
        {
            await using var door = EmbeddedProcess.Start(data.FullName, Issuer);
            await door.WaitUntilReady();
            using var visitor = Visitor(door);
            client ??= await OAuthClient.Make(door.Management);
            user ??= await EmbeddedUser.Make(door.Management, "ada");
            foreach (var (token, told) in before)
            {
                await IsWorthNothing(client, door, visitor, token, told);
            }

            if (answers is { } count)
            {
                before = await RefreshUntilKilled(door, visitor, client, await Tokens(client, visitor, user), count);
            }
        }
    }

    // Each of a session of its own, as the end of one ends the session.
    private static async Task<IReadOnlyList<string>> Tokens(OAuthClient client, HttpClient visitor, EmbeddedUser user)
    {
        var tokens = new List<string>();
        for (var i = 0; i <= Families; i++)
        {
            tokens.Add((await client.Authorize(visitor, await user.LogIn(visitor))).Refresh);
        }

        return tokens;
    }

    // As a browser that does what it is told and remembers nothing.
    private static HttpClient Visitor(EmbeddedProcess door) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = door.Public.BaseAddress };

    // The first token is used once, and has a winner for sure. Of the others every lane goes on until its process is gone, so the
    // kill always finds refreshes under way.
    private static async Task<IReadOnlyList<(string Token, IReadOnlyList<TokenAnswer> Answers)>> RefreshUntilKilled(
        EmbeddedProcess door, HttpClient visitor, OAuthClient client, IReadOnlyList<string> tokens, int answersBeforeTheKill)
    {
        var once = await client.Refresh(visitor, tokens[0]);
        once.Status.ShouldBe(HttpStatusCode.OK);
        (await client.IsActive(visitor, once.Access!)).ShouldBeTrue();
        var answered = 0;
        var families = await Task.WhenAll(tokens.Skip(1).Select(token => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Lane(token)))));
        await door.Process.Exited;
        return [(tokens[0], [once]), .. tokens.Skip(1).Zip(families, (token, lanes) => (token, (IReadOnlyList<TokenAnswer>)[.. lanes.SelectMany(lane => lane)]))];

        async Task<List<TokenAnswer>> Lane(string token)
        {
            var answers = new List<TokenAnswer>();
            try
            {
                while (true)
                {
                    answers.Add(await client.Refresh(visitor, token));
                    if (Interlocked.Increment(ref answered) == answersBeforeTheKill)
                    {
                        _ = door.Process.Kill();
                    }
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException && Volatile.Read(ref answered) >= answersBeforeTheKill)
            {
                // Killed, as meant.
                return answers;
            }
        }
    }

    private static async Task IsWorthNothing(OAuthClient client, EmbeddedProcess door, HttpClient visitor, string token, IReadOnlyList<TokenAnswer> answers)
    {
        List<TokenAnswer> winners = [.. answers.Where(answer => answer.Status == HttpStatusCode.OK)];
        var last = await UntilKnown(client, door, visitor, token);
        if (last.Status == HttpStatusCode.OK)
        {
            // All were cut off before it was redeemed: then this was the first. None was told that it had been used.
            answers.ShouldNotContain(answer => answer.Status == HttpStatusCode.BadRequest);
            winners.Add(last);
            last = await UntilKnown(client, door, visitor, token);
        }

        last.Status.ShouldBe(HttpStatusCode.BadRequest);
        winners.Count.ShouldBeLessThanOrEqualTo(1);
        foreach (var winner in winners)
        {
            (await UntilKnown(client, door, visitor, winner.Refresh!)).Status.ShouldBe(HttpStatusCode.BadRequest);
            (await client.IsActive(visitor, winner.Access!)).ShouldBeFalse();
        }
    }

    private static async Task<TokenAnswer> UntilKnown(OAuthClient client, EmbeddedProcess door, HttpClient visitor, string token)
    {
        TokenAnswer answer = default;
        await Eventually.Holds(
            async () =>
            {
                answer = await client.Refresh(visitor, token);
                return answer.Status < HttpStatusCode.InternalServerError;
            },
            TimeSpan.FromSeconds(60),
            door.Process.Log);
        return answer;
    }
}
