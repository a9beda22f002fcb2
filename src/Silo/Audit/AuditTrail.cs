using System.Collections.Immutable;
using System.Threading.Channels;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Silo.Audit;

/// <summary>Takes events to the audit log in batches, in their order, each once.</summary>
internal sealed partial class AuditTrail(IGrainFactory grains, TimeProvider time, ILoggerFactory loggers) : BackgroundService, IAuditTrail
{
    // With a cluster that is away for long, events are in the structured log only from then on.
    private const int MaxWaiting = 20_000;
    private const int MaxBatch = 200;
    private const int MaxText = 512;
    private const int MaxDetails = 20;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);

    // A category of its own, so that a collector can tell these from other lines.
    private readonly ILogger logger = loggers.CreateLogger("Gatehouse.Audit");
    private readonly Guid writer = Guid.NewGuid();
    private readonly Channel<Item> waiting = Channel.CreateBounded<Item>(MaxWaiting);
    private long written;

    public void Record(AuditEvent auditEvent)
    {
        var stamped = Clip(auditEvent) with { At = time.GetUtcNow() };
        Log.Event(logger, stamped.Type, stamped.Actor, stamped.Target, stamped.Outcome, stamped.Address, stamped.TraceId, stamped.Details);
        if (!waiting.Writer.TryWrite(new Item(stamped, null)))
        {
            Log.Overflow(logger, stamped.Type);
        }
    }

    public async Task Flush(CancellationToken cancellation)
    {
        var marker = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await waiting.Writer.WriteAsync(new Item(null, marker), cancellation);
        await marker.Task.WaitAsync(cancellation);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            // What is left is written, unless the cluster is away.
            await writing.WaitAsync(Goodbye, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var items = new List<Item>(MaxBatch);
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (items.Count < MaxBatch && waiting.Reader.TryRead(out var item))
            {
                items.Add(item);
            }

            ImmutableArray<AuditEvent> events = [.. items.Select(item => item.Event).OfType<AuditEvent>()];
            if (!events.IsEmpty)
            {
                await Append(events, stoppingToken);
                written += events.Length;
            }

            items.ForEach(item => item.Marker?.TrySetResult());
            items.Clear();
        }
    }

    private async Task Append(ImmutableArray<AuditEvent> events, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<IAuditLogGrain>(IAuditLogGrain.Key).Append(writer, written, events).WaitAsync(stopping);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Log.NotWritten(logger, events.Length, e);
                await Task.Delay(RetryAfter, time, stopping);
            }
        }
    }

    // What a request brought must not fill the store.
    private static AuditEvent Clip(AuditEvent auditEvent) => auditEvent with
    {
        Type = Clip(auditEvent.Type),
        Actor = Clip(auditEvent.Actor),
        Target = Clip(auditEvent.Target),
        Details = auditEvent.Details.Count == 0
            ? auditEvent.Details
            : auditEvent.Details.Take(MaxDetails).ToImmutableDictionary(detail => Clip(detail.Key), detail => Clip(detail.Value)),
    };

    private static string Clip(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";

    private readonly record struct Item(AuditEvent? Event, TaskCompletionSource? Marker);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "Audit", Level = LogLevel.Information, Message = "{Type} by {Actor} on {Target}: {Outcome} (from {Address}, trace id {TraceId}) {Details}")]
        public static partial void Event(
            ILogger logger, string type, string actor, string target, AuditOutcome outcome, string address, string traceId, ImmutableDictionary<string, string> details);

        [LoggerMessage(EventId = 2, EventName = "AuditOverflow", Level = LogLevel.Error, Message = "Too many audit events wait to be written; {Type} is in this log only")]
        public static partial void Overflow(ILogger logger, string type);

        [LoggerMessage(EventId = 3, EventName = "AuditNotWritten", Level = LogLevel.Warning, Message = "{Count} audit events are not written yet; trying again")]
        public static partial void NotWritten(ILogger logger, int count, Exception exception);
    }
}
