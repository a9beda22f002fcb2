using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>
/// Tokens that are each used at every front door, revoked at one of them and used at every one again, in lanes side by side;
/// and how often one was accepted after its revocation had returned.
/// </summary>
internal sealed class RevocationRun(ClientTokens client, IReadOnlyList<GatehouseProcess> doors)
{
    private const int Lanes = 8;

    private readonly ConcurrentQueue<TimeSpan> times = new();
    private readonly ConcurrentQueue<string> accepted = new();
    private readonly ConcurrentQueue<string> revoked = new();
    private int asked;
    private int refused;
    private int unknown;

    /// <summary>How many were revoked.</summary>
    public int Revoked => times.Count;

    /// <summary>Tokens that were accepted after their revocation had returned: where, and what had been done.</summary>
    public IReadOnlyCollection<string> Accepted => accepted;

    /// <summary>What there is to report.</summary>
    public IReadOnlyList<string> Lines =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Revoked} tokens, each used at all {doors.Count} front doors, revoked at one of them, and used at all again, some of them twice: {accepted.Count} of {accepted.Count + refused + unknown} uses accepted after the revocation had returned ({refused} refused with 401, {unknown} otherwise, such as 503)"),
        string.Create(CultureInfo.InvariantCulture, $"the revoking call, until it was answered with 200: {Figures.Of(times)}; {asked - Revoked} asked for again after an error"),
    ];

    /// <summary>Takes so many tokens from their issue to their end.</summary>
    public async Task Go(int tokens) => await EachInLanes(tokens, async number =>
    {
        var token = await Prepare(number);
        await Revoke(number, token, doors);
        await UseAgain(number, token, doors);
    });

    /// <summary>Tokens that every front door has verified.</summary>
    public async Task<IReadOnlyList<string>> Prepare(IReadOnlyList<int> numbers)
    {
        var made = new string[numbers.Count];
        await EachInLanes(numbers.Count, async i => made[i] = await Prepare(numbers[i]));
        return made;
    }

    /// <summary>Revokes one at a front door that does answer.</summary>
    public async Task Revoke(int number, string token, IReadOnlyList<GatehouseProcess> answering)
    {
        var (took, requests) = await client.Revoke(answering[(number + 1) % answering.Count], token);
        times.Enqueue(took);
        Interlocked.Add(ref asked, requests);
        revoked.Enqueue(token);
    }

    /// <summary>Uses a revoked one at each of some front doors.</summary>
    public Task UseAgain(int number, string token, IEnumerable<GatehouseProcess> at) =>
        Task.WhenAll(at.Select(async door => Judge(await ClientTokens.Use(door, token), $"token {number} at {door.Process.Name}")));

    /// <summary>Uses the last of those that were revoked once more, everywhere.</summary>
    public async Task Recheck(int most)
    {
        var last = revoked.TakeLast(most).ToArray();
        await EachInLanes(last.Length, i => UseAgain(i, last[i], doors));
    }

    /// <summary>Does something for each number below a count, as many at once as there are lanes.</summary>
    public static async Task EachInLanes(int count, Func<int, Task> action)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async _ =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < count)
            {
                await action(number);
            }
        }));
    }

    private async Task<string> Prepare(int number)
    {
        var token = await client.Issue(doors[number % doors.Count]);
        await Task.WhenAll(doors.Select(door => ClientTokens.UseUntilAccepted(door, token)));
        return token;
    }

    private void Judge(HttpStatusCode status, string where)
    {
        switch (status)
        {
            case HttpStatusCode.OK:
                accepted.Enqueue(where);
                break;
            case HttpStatusCode.Unauthorized:
                Interlocked.Increment(ref refused);
                break;
            default:
                Interlocked.Increment(ref unknown);
                break;
        }
    }
}
