using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>
/// Three silos on a real Redis and two front doors, members that borrow, return, renew and wait all at once over HTTP, and silos
/// that are killed, hung and stopped meanwhile. At the end the history is checked: no copy was with two members, nobody had more
/// than five books, what was acknowledged is there, once, and nothing else is. <c>GATEHOUSE_CRASH_SECONDS</c> makes it longer.
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class CrashTests(WholeCluster whole)
{
    private const int Members = 10;

    private static readonly int[] Copies = [1, 1, 1, 2, 2, 3, 1, 1, 2, 1];

    private static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_CRASH_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_hold_and_no_acknowledged_command_is_lost_or_applied_twice_while_silos_die()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        // Clients of their own, as those of the harness present its secret.
        var frontDoors = cluster.FrontDoors.Take(2).Select(door => new HttpClient { BaseAddress = door.Public.BaseAddress }).ToArray();
        var library = new LibraryObserver(frontDoors[0], await MakeKey(cluster.FrontDoors[0].Management));
        var books = await library.AddBooks(Copies);
        var seed = Environment.TickCount;
        var clients = Enumerable.Range(0, Members)
            .Select(number => new LendingClient(frontDoors, library.ApiKey, $"m{number}", books, seed + number))
            .ToArray();
        using var over = new CancellationTokenSource(Duration);
        var chaos = new SiloChaos(cluster, new Random(seed));
        var striking = chaos.Run(over.Token);

        await Task.WhenAll(clients.Select(client => client.Run(over.Token)));
        await striking;

        var history = clients.SelectMany(client => client.History).ToArray();
        history.Length.ShouldBeGreaterThan(Members * 10, $"seed {seed}");
        history.Where(IsBorrowed).Select(command => command.Loan!.Id).ShouldBeUnique($"seed {seed}");
        NoCopyWasLentTwice(history);
        await EventuallyAsAcknowledged(library, books, clients);
        CrashReport.Write(history, chaos, Duration, Members, books.Length, seed);
        Array.ForEach(frontDoors, door => door.Dispose());
    }

    private static bool IsBorrowed(Acknowledged command) => command is { Command.Kind: CommandKind.Borrow, IsDone: true };

    // A copy is surely with a member from when the loan was acknowledged until its return was sent.
    private static void NoCopyWasLentTwice(Acknowledged[] history)
    {
        var returned = history
            .Where(command => command is { Command.Kind: CommandKind.Return, IsDone: true })
            .ToDictionary(command => command.Command.Target, command => command.Sent);
        foreach (var copy in history.Where(IsBorrowed).GroupBy(command => (command.Loan!.Book, command.Loan.Copy)))
        {
            var end = long.MinValue;
            foreach (var loan in copy.OrderBy(command => command.Answered))
            {
                loan.Answered.ShouldBeGreaterThan(end, $"{copy.Key} was lent to {loan.Member} while somebody had it");
                end = returned.GetValueOrDefault(loan.Loan!.Id, long.MaxValue);
            }
        }
    }

    private static async Task EventuallyAsAcknowledged(LibraryObserver library, string[] books, LendingClient[] clients)
    {
        // Notices between books and members may still be on their way.
        string? difference = null;
        await Eventually.Holds(
            async () =>
            {
                difference = await library.Difference(books, clients);
                return difference is null;
            },
            TimeSpan.FromSeconds(90),
            () => difference ?? "");
    }

    private static async Task<string> MakeKey(HttpClient management)
    {
        using var made = await management.PostAsJsonAsync(new Uri("/admin/v1/api-keys", UriKind.Relative), new { name = "librarian", roles = new[] { "librarian" } }, Cancel);
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync(Cancel));
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString()!;
    }
}
