using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Views;

/// <summary>A grain that owns entries of a view, by an <see cref="OwnerLedger{TState}"/>.</summary>
/// <param name="store">Its stored state.</param>
/// <param name="view">The view's name.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal abstract partial class OwnerGrain<TState>(IPersistentState<TState> store, string view, TimeProvider time, ILogger logger)
    : Grain, IViewOwner, IDisposable
    where TState : class, IOwnedState
{
    private OwnerLedger<TState>? ledger;

    /// <summary>The one way its state changes.</summary>
    protected OwnerLedger<TState> Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <summary>The log.</summary>
    protected ILogger Logger => logger;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), view, time, () => Ledger.Report());
        ledger = new OwnerLedger<TState>(store, outlet.Enroll, outlet.Publish, StepDown);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<OwnerReport> Report() => new(Ledger.Report());

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            ledger?.Dispose();
        }
    }

    /// <summary>Does what nobody waits for. Where it fails, the next publish makes up for it, or the publisher's own look at what its owners have.</summary>
    protected async Task InBackground(Func<Task> work)
    {
        try
        {
            await work();
        }
        // Whatever it is, nobody is there to be told.
        catch (Exception e)
        {
            Log.NotDone(logger, this.GetGrainId(), e);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.SteppedDown(logger, this.GetGrainId(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 101, EventName = "OwnerSteppedDown", Level = LogLevel.Error, Message = "{Owner} reads its state again, because what it knows may not be what the store has")]
        public static partial void SteppedDown(ILogger logger, GrainId owner, Exception cause);

        [LoggerMessage(EventId = 102, EventName = "OwnerNotPublished", Level = LogLevel.Warning, Message = "{Owner} could not publish again or look after its state; the next write makes up for it")]
        public static partial void NotDone(ILogger logger, GrainId owner, Exception cause);
    }
}
