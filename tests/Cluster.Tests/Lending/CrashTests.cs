using System.Globalization;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;
using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;
using Gatehouse.Silo;
using Gatehouse.Silo.Clustering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>
/// Three silos on a real Redis, members that borrow, return, renew and wait all at once, and silos that are killed, hung
/// and stopped meanwhile. At the end the history is checked: no copy was with two members, nobody had more than five books,
/// what was acknowledged is there, once, and nothing else is. <c>GATEHOUSE_CRASH_SECONDS</c> makes it longer.
/// </summary>
[Collection(Alone.Group)]
public sealed class CrashTests
{
    private const int Members = 10;

    private static readonly int[] Copies = [1, 1, 1, 2, 2, 3, 1, 1, 2, 1];

    private static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_CRASH_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 30);

    [Fact]
    public async Task Rules_hold_and_no_acknowledged_command_is_lost_or_applied_twice_while_silos_die()
    {
        await using var cluster = await GatehouseCluster.Start(silos: 3, frontDoors: 0);
        await using var host = await Connect(cluster.Redis.Connection);
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var books = await AddBooks(grains);
        var seed = Environment.TickCount;
        var clients = Enumerable.Range(0, Members).Select(number => new LendingClient(grains, $"m{number}", books, seed + number)).ToArray();
        using var over = new CancellationTokenSource(Duration);
        var chaos = new SiloChaos(cluster, new Random(seed));
        var striking = chaos.Run(over.Token);

        await Task.WhenAll(clients.Select(client => client.Run(over.Token)));
        await striking;

        var history = clients.SelectMany(client => client.History).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{history.Length} commands acknowledged, {history.Count(command => command.Attempts > 1)} of them repeated; silos killed {chaos.Killed}, hung {chaos.Hung}, stopped {chaos.Stopped}; seed {seed}"));
        history.Length.ShouldBeGreaterThan(Members * 10);
        history.Where(IsBorrowed).Select(command => command.Answer.Loan!.Id).ShouldBeUnique();
        NoCopyWasLentTwice(history);
        await EventuallyAsAcknowledged(grains, books, clients);
    }

    private static bool IsBorrowed(Acknowledged command) =>
        command.Errand.Kind == ErrandKind.Borrow && command.Answer.Outcome == LendingOutcome.Done;

    // A copy is surely with a member from when the loan was acknowledged until its return was sent.
    private static void NoCopyWasLentTwice(Acknowledged[] history)
    {
        var returned = history
            .Where(command => command.Errand.Kind == ErrandKind.Return && command.Answer.Outcome == LendingOutcome.Done)
            .ToDictionary(command => command.Errand.Target, command => command.Sent);
        foreach (var copy in history.Where(IsBorrowed).GroupBy(command => (command.Answer.Loan!.Book, command.Answer.Loan.Copy)))
        {
            var end = long.MinValue;
            foreach (var loan in copy.OrderBy(command => command.Answered))
            {
                loan.Answered.ShouldBeGreaterThan(end, $"{copy.Key} was lent to {loan.Member} while somebody had it");
                end = returned.GetValueOrDefault(loan.Answer.Loan!.Id, long.MaxValue);
            }
        }
    }

    private static async Task EventuallyAsAcknowledged(IGrainFactory grains, string[] books, LendingClient[] clients)
    {
        // Notices between books and members may still be on their way.
        string? difference = null;
        await Eventually.Holds(
            async () =>
            {
                difference = await Difference(grains, books, clients);
                return difference is null;
            },
            TimeSpan.FromSeconds(90),
            () => difference ?? "");
    }

    private static async Task<string?> Difference(IGrainFactory grains, string[] books, LendingClient[] clients)
    {
        try
        {
            var shelves = await Task.WhenAll(books.Select(async book => (await grains.GetGrain<IBookGrain>(book).Find())!));
            foreach (var book in shelves)
            {
                if (book.Holds.Any(hold => hold.Copy is null) && book.Available > 0)
                {
                    return $"{book.Id} has a copy on the shelf while somebody waits";
                }
            }

            foreach (var client in clients)
            {
                var member = await grains.GetGrain<IMemberGrain>(client.Member).Find();
                var lent = shelves.SelectMany(book => book.Copies.Where(copy => copy.Member == client.Member).Select(copy => copy.Loan!));
                var held = shelves.SelectMany(book => book.Holds.Where(hold => hold.Member == client.Member).Select(hold => $"{hold.Id} {hold.Until:O}"));
                var known = member.Holds.Select(hold => $"{hold.Id} {hold.Until:O}");
                if (!Same(member.Loans.Select(loan => loan.Id), client.Loans.Keys)
                    || !Same(member.Loans.Select(loan => $"{loan.Due:O}"), client.Loans.Values.Select(loan => $"{loan.Due:O}"))
                    || !Same(lent, client.Loans.Keys)
                    || !Same(held, known)
                    || !member.Holds.All(hold => client.Holds.Contains(hold.Id)))
                {
                    return $"{client.Member}: acknowledged {Text(client.Loans.Keys)}, has {Text(member.Loans.Select(loan => loan.Id))}, books say {Text(lent)}; holds {Text(known)}, books say {Text(held)}, acknowledged {Text(client.Holds)}";
                }
            }

            return null;
        }
        // A silo was replaced a moment ago.
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return e.Message;
        }
    }

    private static bool Same(IEnumerable<string> left, IEnumerable<string> right) => left.Order(StringComparer.Ordinal).SequenceEqual(right.Order(StringComparer.Ordinal));

    private static string Text(IEnumerable<string> ids) => $"[{string.Join(", ", ids.Order(StringComparer.Ordinal))}]";

    private static async Task<string[]> AddBooks(IGrainFactory grains)
    {
        var books = Copies.Select((_, number) => $"book-{number}").ToArray();
        for (var i = 0; i < books.Length; i++)
        {
            var details = new BookDetails { Title = $"Book {i}", Authors = ["An Author"], Language = "en" };
            (await grains.GetGrain<IBookGrain>(books[i]).Put(Operation.Now($"add-{i}", TimeProvider.System), details, Copies[i], 0)).Outcome.ShouldBe(BookOutcome.Added);
        }

        return books;
    }

    private static async Task<WebApplication> Connect(string redis)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddClusterClient(new SiloOptions { Redis = redis });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
