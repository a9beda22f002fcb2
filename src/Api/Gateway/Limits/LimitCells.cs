using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>
/// All limits of this front door that are in use, each found by its scope and by whom it counts; and the links to the
/// limiters. Gives back what is not needed any more, and everything at the end.
/// </summary>
internal sealed class LimitCells : BackgroundService
{
    /// <summary>Beyond this many, newcomers of a scope are counted together, so that invented names cost no more memory.</summary>
    public const int MaxCells = 100_000;

    private const string Others = "*";
    private const int QuotaLinks = 16;
    private const int RoundsBetweenSweeps = 100;

    private static readonly TimeSpan TendEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastExchange = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    // As long as a route or a cell has them: routes come and go.
    private readonly Dictionary<(string Name, LimitRule Rule), WeakReference<LimitScope>> scopes = [];
    private readonly ConcurrentDictionary<(LimitScope Scope, string Subject), LimitCell> cells = new();
    private readonly ImmutableArray<LimiterLink> shards;
    private readonly ImmutableArray<LimiterLink> quotas;
    private int count;

    public LimitCells(ILimiterDirectory limiters, TimeProvider time, LimitMetrics metrics, ILogger<LimitCells> logger)
    {
        this.time = time;
        var door = Guid.NewGuid();
        shards = [.. Enumerable.Range(0, ILimiterGrain.Shards).Select(shard => new LimiterLink(door, limiters.Shard(shard), time, metrics, logger))];
        quotas = [.. Enumerable.Range(0, QuotaLinks).Select(_ => new LimiterLink(door, limiters.Quotas, time, metrics, logger))];
    }

    /// <summary>The scope of a limit: the same object for the same name and rule, so that routes can share it and an edit of a route keeps it.</summary>
    public LimitScope ScopeOf(string name, LimitRule rule)
    {
        lock (scopes)
        {
            if (scopes.TryGetValue((name, rule), out var known) && known.TryGetTarget(out var scope))
            {
                return scope;
            }

            scope = LimitScope.Of(name, rule);
            scopes[(name, rule)] = new WeakReference<LimitScope>(scope);
            return scope;
        }
    }

    /// <summary>The cell of whom a request counts for.</summary>
    public LimitCell Of(LimitScope scope, string subject)
    {
        if (cells.TryGetValue((scope, subject), out var known))
        {
            return known;
        }

        if (Volatile.Read(ref count) >= MaxCells)
        {
            subject = Others;
        }

        return cells.GetOrAdd((scope, subject), Add);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var cell in cells.Values)
        {
            cell.Close();
        }

        // What does not get through lapses by itself.
        await Task.WhenAny(Task.WhenAll(shards.Concat(quotas).Select(link => link.Idle)), Task.Delay(LastExchange, time, cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TendEvery, time);
        var round = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            round++;
            var kept = 0;
            foreach (var (key, cell) in cells)
            {
                if (round % RoundsBetweenSweeps == 0 && cell.TryRetire())
                {
                    cells.TryRemove(key, out _);
                }
                else
                {
                    kept++;
                    cell.Tend();
                }
            }

            Volatile.Write(ref count, kept);
            if (round % RoundsBetweenSweeps == 0)
            {
                ForgetScopes();
            }
        }
    }

    private void ForgetScopes()
    {
        lock (scopes)
        {
            foreach (var (key, scope) in scopes)
            {
                if (!scope.TryGetTarget(out _))
                {
                    scopes.Remove(key);
                }
            }
        }
    }

    private LimitCell Add((LimitScope Scope, string Subject) key)
    {
        Interlocked.Increment(ref count);
        var name = key.Scope.KeyOf(key.Subject);
        var place = LimitScope.Hash(name);
        var rule = key.Scope.Rule;
        return rule.Algorithm switch
        {
            LimitAlgorithm.Concurrent => new SlotCell(name, rule, shards[place % shards.Length], time),
            LimitAlgorithm.Quota => new PermitCell(name, rule, quotas[place % quotas.Length], time),
            _ => new PermitCell(name, rule, shards[place % shards.Length], time),
        };
    }
}
