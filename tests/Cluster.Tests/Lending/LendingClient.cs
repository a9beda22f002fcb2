using System.Collections.Concurrent;
using System.Diagnostics;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>A command that was acknowledged: when it was first sent and when its answer came.</summary>
internal sealed record Acknowledged(string Member, Errand Errand, MemberAnswer Answer, long Sent, long Answered, int Attempts);

/// <summary>One member of the library: a command at a time, repeated under its id until it is answered.</summary>
internal sealed class LendingClient(IGrainFactory grains, string member, string[] books, int seed)
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Random random = new(seed);
    private int commands;

    public string Member => member;

    public ConcurrentQueue<Acknowledged> History { get; } = [];

    /// <summary>The loans that were acknowledged and not brought back.</summary>
    public Dictionary<string, Loan> Loans { get; } = [];

    /// <summary>The holds that were acknowledged and not cancelled; some have been fulfilled since.</summary>
    public HashSet<string> Holds { get; } = [];

    public async Task Run(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Do(Next());
        }
    }

    private Errand Next() => random.Next(10) switch
    {
        < 3 when Loans.Count > 0 => new Errand(ErrandKind.Return, Any(Loans.Keys)),
        3 when Loans.Count > 0 => new Errand(ErrandKind.Renew, Any(Loans.Keys)),
        4 or 5 => new Errand(ErrandKind.PlaceHold, Any(books)),
        6 when Holds.Count > 0 => new Errand(ErrandKind.CancelHold, Any(Holds)),
        _ => new Errand(ErrandKind.Borrow, Any(books)),
    };

    private T Any<T>(IEnumerable<T> from)
    {
        var all = from.ToArray();
        return all[random.Next(all.Length)];
    }

    private async Task Do(Errand errand)
    {
        var id = $"{member}/{commands++}";
        var sent = Stopwatch.GetTimestamp();
        var attempts = 0;
        while (true)
        {
            attempts++;
            try
            {
                var answer = await grains.GetGrain<IMemberGrain>(member).Do(Operation.Now(id, TimeProvider.System), errand).WaitAsync(Attempt);
                Keep(new Acknowledged(member, errand, answer, sent, Stopwatch.GetTimestamp(), attempts));
                return;
            }
            // Whatever it was, nothing is known of the outcome: the command is repeated.
            catch (Exception) when (Stopwatch.GetElapsedTime(sent) < Patience)
            {
                await Task.Delay(random.Next(20, 200));
            }
        }
    }

    private void Keep(Acknowledged acknowledged)
    {
        History.Enqueue(acknowledged);
        var (errand, answer) = (acknowledged.Errand, acknowledged.Answer);
        if (answer.Outcome == LendingOutcome.NoSuchHold)
        {
            Holds.Remove(errand.Target);
        }

        if (answer.Outcome != LendingOutcome.Done)
        {
            return;
        }

        switch (errand.Kind)
        {
            case ErrandKind.Borrow:
                Loans.Add(answer.Loan!.Id, answer.Loan);
                break;
            case ErrandKind.Return:
                Loans.Remove(errand.Target);
                break;
            case ErrandKind.Renew:
                Loans[errand.Target] = answer.Loan!;
                break;
            case ErrandKind.PlaceHold:
                Holds.Add(answer.Hold!.Id);
                break;
            default:
                Holds.Remove(errand.Target);
                break;
        }
    }
}
