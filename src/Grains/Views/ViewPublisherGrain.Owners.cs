using System.Collections.Immutable;
using System.Diagnostics;

namespace Gatehouse.Grains.Views;

/// <summary>Who owns the view's entries, and how the publisher learns them: at the start of a term, at a gap, now and then.</summary>
internal sealed partial class ViewPublisherGrain
{
    private const int ReportsAtOnce = 32;

    // A report takes milliseconds. A call to an owner whose silo has just died, or that is being moved, takes its whole time.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    // Owners whose report is waited for: it may be brought, or come by any of the calls that were made for it.
    private readonly Dictionary<string, TaskCompletionSource> awaited = [];

    private Task reconciling = Task.CompletedTask;

    public async Task Enroll(GrainId owner)
    {
        var name = owner.ToString();
        if (owners.State.Owners.Contains(name))
        {
            return;
        }

        await ownersLock.WaitAsync(CancellationToken.None);
        try
        {
            if (owners.State.Owners.Contains(name))
            {
                return;
            }

            var before = owners.State;
            owners.State = before with { Owners = before.Owners.Add(name) };
            try
            {
                await owners.WriteStateAsync(CancellationToken.None);
            }
            catch (Exception)
            {
                // Somebody else wrote, or the outcome is unknown: what the store has is read again on the next call.
                owners.State = before;
                await owners.ReadStateAsync(CancellationToken.None);
                throw new NotPublisherException("The owner could not be recorded; try again.");
            }
        }
        finally
        {
            ownersLock.Release();
        }

        // A zombie may write the list as long as its successor has not; only a later proof makes that count.
        await Proven();
    }

    public Task<long> Term() => Task.FromResult(term);

    public Task Supply(GrainId owner, long term, OwnerReport report)
    {
        if (term == this.term)
        {
            Take(owner.ToString(), owner, report);
            Advance();
        }

        return Task.CompletedTask;
    }

    private async Task Rebuild()
    {
        var started = Stopwatch.GetTimestamp();
        await ReportAll(owners.State.Owners);
        publication.Rebuilt();
        Log.Rebuilt(logger, View, term, publication.Contents.Entries.Count, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Advance();
    }

    private async Task ReportAll(ImmutableHashSet<string> names)
    {
        using var room = new SemaphoreSlim(ReportsAtOnce);
        await Task.WhenAll(names.Select(async name =>
        {
            await room.WaitAsync(stopping.Token);
            try
            {
                await ReportUntilAnswered(name);
            }
            finally
            {
                room.Release();
            }
        }));
    }

    private async Task ReportUntilAnswered(string name)
    {
        // A view without one owner's entries would tell front doors that they are gone: it stays closed instead.
        if (!awaited.TryGetValue(name, out var report))
        {
            awaited[name] = report = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var attempt = 0;
        while (!report.Task.IsCompleted)
        {
            attempt++;
            var asked = Ask(name);
            // One that is late may answer yet, or fail when nobody looks.
            asked.Ignore();
            try
            {
                await (await Task.WhenAny(asked, report.Task).WaitAsync(AskAgainAfter * attempt, time, stopping.Token));
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Log.OwnerSilent(logger, View, name, attempt, e);
                await Task.WhenAny(report.Task, Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 * attempt, 2000)), time, stopping.Token));
                stopping.Token.ThrowIfCancellationRequested();
            }
        }

        awaited.Remove(name);
    }

    private async Task Ask(string name)
    {
        var owner = GrainId.Parse(name);
        Take(name, owner, await GrainFactory.GetGrain(owner).AsReference<IViewOwner>().Report());
    }

    private void Take(string name, GrainId owner, OwnerReport report)
    {
        publication.Contents.Accept(owner, report);
        if (awaited.TryGetValue(name, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>
    /// Not within the timer's call, which the grain would have to end before it goes: an owner on a silo that stops as well waits for
    /// it to go, and would never report.
    /// </summary>
    private Task OnReconcile()
    {
        if (rebuilt.IsCompletedSuccessfully && reconciling.IsCompleted)
        {
            reconciling = Reconcile();
        }

        return Task.CompletedTask;
    }

    private async Task Reconcile()
    {
        try
        {
            await ReportAll(owners.State.Owners);
            Advance();
            await StrikeOut();
        }
        // The next round makes up for it.
        catch (Exception e)
        {
            Log.NotReconciled(logger, View, e);
        }
    }
}
