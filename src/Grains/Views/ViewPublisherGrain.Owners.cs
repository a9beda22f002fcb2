using System.Collections.Immutable;
using System.Diagnostics;

namespace Gatehouse.Grains.Views;

/// <summary>Who owns the view's entries, and how the publisher learns them: at the start of a term, at a gap, now and then.</summary>
internal sealed partial class ViewPublisherGrain
{
    private const int ReportsAtOnce = 32;

    // Owners whose report is waited for: it may be brought instead of fetched.
    private readonly Dictionary<string, TaskCompletionSource> supplied = [];

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
            publication.Contents.Accept(owner, report);
            if (supplied.TryGetValue(owner.ToString(), out var awaited))
            {
                awaited.TrySetResult();
            }

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
        var attempt = 0;
        while (true)
        {
            attempt++;
            try
            {
                if (!supplied.TryGetValue(name, out var brought))
                {
                    supplied[name] = brought = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                await await Task.WhenAny(Report(name), brought.Task);
                supplied.Remove(name);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Log.OwnerSilent(logger, View, name, attempt, e);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 * attempt, 2000)), time, stopping.Token);
            }
        }
    }

    private async Task Report(string name)
    {
        var owner = GrainId.Parse(name);
        var report = await GrainFactory.GetGrain(owner).AsReference<IViewOwner>().Report();
        publication.Contents.Accept(owner, report);
    }

    private async Task OnReconcile(CancellationToken cancellation)
    {
        if (rebuilt.IsCompletedSuccessfully)
        {
            await ReportAll(owners.State.Owners);
            Advance();
            await StrikeOut();
        }
    }
}
