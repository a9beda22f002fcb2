using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// All routes. Reentrant, so that a command that waits for a slow front door does not hold up others; the
/// <see cref="RouteLedger"/> keeps writes one at a time.
/// </summary>
[GrainType("gatehouse.routing.book"), Reentrant]
internal sealed partial class RouteBookGrain(
    [PersistentState("state")] IPersistentState<RouteListing> store,
    TimeProvider time,
    ILogger<RouteBookGrain> logger) : Grain, IRouteBookGrain, IDisposable
{
    private RouteLedger? ledger;

    private RouteLedger Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ViewNames.Routes, time, () => Ledger.Report());
        ledger = new RouteLedger(store, outlet.Enroll, outlet.Publish, StepDown);
        _ = Resume(ledger);
        return Task.CompletedTask;
    }

    public Task<RouteWrite> Put(RouteDocument document, RouteCondition condition, bool dryRun = false) => dryRun
        ? Task.FromResult(Ledger.Book.Put(document, condition).Answer)
        : Ledger.Run(book => book.Put(document, condition), answer => IsAccepted(answer.Outcome));

    public Task<RouteWrite> Delete(string id, RouteCondition condition) =>
        Ledger.Run(book => book.Delete(id, condition), answer => IsAccepted(answer.Outcome));

    public Task<RouteReplacement> Replace(
        ImmutableArray<RouteDocument> documents, RouteSource source, RouteCondition condition, bool dryRun = false) => dryRun
        ? Task.FromResult(Ledger.Book.Replace(documents, source, condition).Answer)
        : Ledger.Run(book => book.Replace(documents, source, condition), answer => IsAccepted(answer.Outcome));

    public ValueTask<RouteEntry?> Find(string id) => ValueTask.FromResult(Ledger.Book.Find(id));

    public ValueTask<RouteListing> List() => ValueTask.FromResult(Ledger.Book.Listing);

    public ValueTask<OwnerReport> Report() => new(Ledger.Report());

    public void Dispose() => ledger?.Dispose();

    // What is gone already counts too: a delete is repeated when its first answer was lost.
    private static bool IsAccepted(RouteOutcome outcome) => outcome <= RouteOutcome.NotFound;

    private async Task Resume(RouteLedger resumed)
    {
        try
        {
            await resumed.Resume();
        }
        // Whoever publishes next lets the publisher see the gap.
        catch (Exception e)
        {
            Log.NotResumed(logger, e);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of the routes; reading them again")]
        public static partial void WriteFailed(ILogger logger, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "The last write of the routes could not be published again; the next one makes up for it")]
        public static partial void NotResumed(ILogger logger, Exception cause);
    }
}
