using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Audit;

/// <summary>
/// The end of the audit log. Records are written here first, then sealed into their page, then let go of: a crash in between
/// seals the same page again.
/// </summary>
[GrainType("gatehouse.audit.log")]
internal sealed partial class AuditLogGrain(
    [PersistentState("state")] IPersistentState<AuditLogState> store,
    IOptions<AuditOptions> options,
    TimeProvider time,
    ILogger<AuditLogGrain> logger) : Grain, IAuditLogGrain
{
    private static readonly TimeSpan RetireEvery = TimeSpan.FromMinutes(10);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(_ => Retire(), new GrainTimerCreationOptions(RetireEvery, RetireEvery));
        return Task.CompletedTask;
    }

    public async Task Append(Guid writer, long first, ImmutableArray<AuditEvent> events)
    {
        var next = store.State.With(writer, first, events);
        if (!ReferenceEquals(next, store.State))
        {
            await Write(next);
        }

        await Seal();
    }

    public ValueTask<AuditEnd> End() => ValueTask.FromResult(new AuditEnd(store.State.FirstPage, store.State.Next, store.State.Open));

    private IAuditPageGrain Page(long number) => GrainFactory.GetGrain<IAuditPageGrain>(number);

    private async Task Seal()
    {
        try
        {
            while (store.State.HasFullPage(out var page))
            {
                await Page(store.State.OpenPage).Seal(page);
                await Write(store.State.WithoutPage());
            }
        }
        // The records are stored; the next ones see to the page.
        catch (Exception e)
        {
            Log.NotSealed(logger, e);
        }
    }

    private async Task Retire()
    {
        var oldest = time.GetUtcNow() - options.Value.Retention;
        while (store.State.FirstPage < store.State.OpenPage)
        {
            var page = Page(store.State.FirstPage);
            if ((await page.Read()) is [.., { } last] && last.Event.At >= oldest)
            {
                return;
            }

            await page.Drop();
            await Write(store.State with { FirstPage = store.State.FirstPage + 1 });
        }
    }

    private async Task Write(AuditLogState next)
    {
        store.State = next;
        try
        {
            await store.WriteStateAsync();
        }
        catch (Exception e)
        {
            // It is unknown what the store has now: the next activation reads it, and the writer sends again.
            Log.WriteFailed(logger, e);
            DeactivateOnIdle();
            throw new StateNotWrittenException("The store did not acknowledge an audit record.", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of the audit log; reading it again")]
        public static partial void WriteFailed(ILogger logger, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "A page of the audit log could not be sealed; trying again with the next record")]
        public static partial void NotSealed(ILogger logger, Exception cause);
    }
}
