using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>
/// This front door's exchanges with one limiter: one at a time, and what is wanted meanwhile goes out together in the next.
/// </summary>
internal sealed partial class LimiterLink(Guid door, ILimiters limiters, TimeProvider time, LimitMetrics metrics, ILogger logger)
{
    private const int MaxAsks = 256;

    // A request waits for it. A limiter that is well answers within milliseconds; one that is being activated takes longer.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    private readonly ConcurrentQueue<LimitCell> marked = new();
    private long sequence;
    private int running;
    private volatile Task run = Task.CompletedTask;

    /// <summary>Completes when everything marked so far has been exchanged.</summary>
    public Task Idle => run;

    /// <summary>Makes a cell part of the next exchange.</summary>
    public void Signal(LimitCell cell)
    {
        if (cell.Mark())
        {
            marked.Enqueue(cell);
        }

        if (Interlocked.CompareExchange(ref running, 1, 0) == 0)
        {
            run = Run();
        }
    }

    private async Task Run()
    {
        do
        {
            while (!marked.IsEmpty)
            {
                await Exchange();
            }

            Volatile.Write(ref running, 0);
        }
        while (!marked.IsEmpty && Interlocked.CompareExchange(ref running, 1, 0) == 0);
    }

    private async Task Exchange()
    {
        var cells = new List<LimitCell>();
        var asks = ImmutableArray.CreateBuilder<LimitAsk>();
        while (asks.Count < MaxAsks && marked.TryDequeue(out var cell))
        {
            if (cell.Ask() is { } ask)
            {
                cells.Add(cell);
                asks.Add(ask);
            }
        }

        if (asks.Count == 0)
        {
            return;
        }

        var askedAt = time.GetTimestamp();
        IReadOnlyList<LimiterAnswer?> answers = [];
        try
        {
            answers = await limiters.Exchange(new LimitExchange(door, ++sequence, asks.DrainToImmutable())).WaitAsync(Patience, time);
        }
        catch (Exception e)
        {
            // Whatever it is: the limits are unknown until a later exchange, and who waits is told so.
            Log.NotAnswered(logger, e);
        }

        metrics.Exchanged(time.GetElapsedTime(askedAt), answered: answers.Count > 0);
        for (var i = 0; i < cells.Count; i++)
        {
            if (i < answers.Count && answers[i] is { } answer)
            {
                cells[i].Apply(answer.Grant, answer.Epoch, askedAt);
            }
            else
            {
                cells[i].Fail();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A limiter does not answer")]
        public static partial void NotAnswered(ILogger logger, Exception exception);
    }
}
