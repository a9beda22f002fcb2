using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Routing;

/// <inheritdoc cref="IRouteBookGrain"/>
[Reentrant]
public sealed class RouteBookGrain(
    IGrainContext context,
    IGrainFactory grains,
    [PersistentState("state")] IPersistentState<RouteListing> state,
    TimeProvider time) : IGrainBase, IRouteBookGrain, IDisposable
{
    // One write at a time; publishing goes on outside, so that it never holds up the next command.
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly ViewOutlet outlet = new(grains, context.GrainId, ViewNames.Routes, time);

    private RouteBook book = new(new RouteListing());
    private bool outdated;

    /// <inheritdoc/>
    public IGrainContext GrainContext => context;

    /// <inheritdoc/>
    public Task OnActivateAsync(CancellationToken token)
    {
        book = new RouteBook(state.State);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<RouteWrite> Put(RouteDocument document, RouteCondition condition, bool dryRun = false) =>
        Command(now => now.Put(document, condition), dryRun, answer => Succeeded(answer.Outcome));

    /// <inheritdoc/>
    public Task<RouteWrite> Delete(string id, RouteCondition condition) =>
        Command(now => now.Delete(id, condition), dryRun: false, answer => Succeeded(answer.Outcome));

    /// <inheritdoc/>
    public Task<RouteReplacement> Replace(
        ImmutableArray<RouteDocument> documents, RouteSource source, RouteCondition condition, bool dryRun = false) =>
        Command(now => now.Replace(documents, source, condition), dryRun, answer => Succeeded(answer.Outcome));

    /// <inheritdoc/>
    public ValueTask<RouteEntry?> Find(string id) => ValueTask.FromResult(book.Find(id));

    /// <inheritdoc/>
    public ValueTask<RouteListing> List() => ValueTask.FromResult(book.Listing);

    /// <inheritdoc/>
    public async ValueTask<OwnerReport> Report()
    {
        await writing.WaitAsync();
        try
        {
            await state.ReadStateAsync();
            if (state.State.Version != book.Version)
            {
                // Another activation has written meanwhile: this one goes on from there.
                book = new RouteBook(state.State);
            }

            return new OwnerReport(
                book.Version,
                [.. book.Listing.Routes.Select(entry => new ViewChange(entry.Document.Id, entry.Document))]);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => writing.Dispose();

    private async Task<TAnswer> Command<TAnswer>(
        Func<RouteBook, (RouteBook Next, TAnswer Answer)> decide, bool dryRun, Func<TAnswer, bool> succeeded)
    {
        RouteBook written;
        TAnswer answer;
        await writing.WaitAsync();
        try
        {
            await Reread();
            (written, answer) = decide(book);
            if (dryRun)
            {
                return answer;
            }

            if (written != book)
            {
                await outlet.Enroll();
                await Write(written);
            }
        }
        finally
        {
            writing.Release();
        }

        // Also when nothing changed: the publish of the write before may have failed, and its caller asks again.
        if (succeeded(answer) && written.Version > 0)
        {
            await outlet.Publish(written.Version, written.Changes);
        }

        return answer;
    }

    private async Task Write(RouteBook next)
    {
        try
        {
            state.State = next.Listing;
            await state.WriteStateAsync();
            book = next;
        }
        catch
        {
            // The write may have been applied or not: nothing is decided on this state any more.
            outdated = true;
            this.DeactivateOnIdle();
            throw;
        }
    }

    // Commands that were waiting when a write failed run on this activation still.
    private async Task Reread()
    {
        if (outdated)
        {
            await state.ReadStateAsync();
            book = new RouteBook(state.State);
            outdated = false;
        }
    }

    // What is gone already is published again too: a delete is repeated when its first answer was lost.
    private static bool Succeeded(RouteOutcome outcome) => outcome <= RouteOutcome.NotFound;
}
