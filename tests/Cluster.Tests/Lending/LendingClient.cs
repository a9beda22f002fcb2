using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>
/// One member of the library: a command at a time over HTTP, repeated under its key, at any of the front doors, until it is
/// answered: done, or refused. An error of the server or the network is no answer.
/// </summary>
internal sealed class LendingClient(HttpClient[] frontDoors, string apiKey, string member, string[] books, int seed)
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Random random = new(seed);
    private int commands;

    public string Member => member;

    public ConcurrentQueue<Acknowledged> History { get; } = [];

    /// <summary>The loans that were acknowledged and not brought back.</summary>
    public Dictionary<string, KnownLoan> Loans { get; } = [];

    /// <summary>The holds that were acknowledged and not cancelled; some have been fulfilled since.</summary>
    public HashSet<string> Holds { get; } = [];

    public async Task Run(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Do(Next());
        }
    }

    private LendingCommand Next() => random.Next(10) switch
    {
        < 3 when Loans.Count > 0 => new LendingCommand(CommandKind.Return, Any(Loans.Keys)),
        3 when Loans.Count > 0 => new LendingCommand(CommandKind.Renew, Any(Loans.Keys)),
        4 or 5 => new LendingCommand(CommandKind.PlaceHold, Any(books)),
        6 when Holds.Count > 0 => new LendingCommand(CommandKind.CancelHold, Any(Holds)),
        _ => new LendingCommand(CommandKind.Borrow, Any(books)),
    };

    private T Any<T>(IEnumerable<T> from)
    {
        var all = from.ToArray();
        return all[random.Next(all.Length)];
    }

    private async Task Do(LendingCommand command)
    {
        var key = $"{member}-{commands++}";
        var sent = Stopwatch.GetTimestamp();
        var attempts = 0;
        while (true)
        {
            attempts++;
            if (await TrySend(command, key) is var (outcome, body))
            {
                Keep(new Acknowledged(member, command, outcome, LoanOf(command, outcome, body), sent, Stopwatch.GetTimestamp(), attempts), body);
                return;
            }

            if (Stopwatch.GetElapsedTime(sent) > Patience)
            {
                throw new TimeoutException($"{member} had no answer to {command} within {Patience}.");
            }

            await Task.Delay(random.Next(20, 200));
        }
    }

    private async Task<(string Outcome, JsonElement Body)?> TrySend(LendingCommand command, string key)
    {
        using var request = command.Request(member, key, apiKey);
        using var late = new CancellationTokenSource(Attempt);
        try
        {
            using var response = await frontDoors[random.Next(frontDoors.Length)].SendAsync(request, late.Token);
            var text = await response.Content.ReadAsStringAsync(late.Token);
            if ((int)response.StatusCode >= 500)
            {
                return null;
            }

            var body = text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
            return response.IsSuccessStatusCode
                ? (Acknowledged.Done, body)
                : (body.GetProperty("type").GetString()!.Replace("urn:gatehouse:error:", "", StringComparison.Ordinal), body);
        }
        // Nothing is known of the outcome: the command is repeated.
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static KnownLoan? LoanOf(LendingCommand command, string outcome, JsonElement body) =>
        outcome == Acknowledged.Done && command.Kind is CommandKind.Borrow or CommandKind.Return or CommandKind.Renew ? Read(body) : null;

    internal static KnownLoan Read(JsonElement loan) => new(
        loan.GetProperty("id").GetString()!, loan.GetProperty("book").GetString()!, loan.GetProperty("copy").GetInt32(), loan.GetProperty("due").GetString()!, loan.GetProperty("renewals").GetInt32());

    private void Keep(Acknowledged acknowledged, JsonElement body)
    {
        History.Enqueue(acknowledged);
        var target = acknowledged.Command.Target;
        if (acknowledged.Outcome == "unknown-hold")
        {
            Holds.Remove(target);
        }

        if (!acknowledged.IsDone)
        {
            return;
        }

        switch (acknowledged.Command.Kind)
        {
            case CommandKind.Borrow:
                Loans.Add(acknowledged.Loan!.Id, acknowledged.Loan);
                break;
            case CommandKind.Return:
                Loans.Remove(target);
                break;
            case CommandKind.Renew:
                Loans[target] = acknowledged.Loan!;
                break;
            case CommandKind.PlaceHold:
                Holds.Add(body.GetProperty("id").GetString()!);
                break;
            default:
                Holds.Remove(target);
                break;
        }
    }
}
