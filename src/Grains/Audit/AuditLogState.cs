using System.Collections.Immutable;

namespace Gatehouse.Grains.Audit;

/// <summary>The end of the log as it is stored, and how it grows.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.audit.log-state")]
internal sealed record AuditLogState
{
    // A front door that was away for as many restarts of others does not come back with an old batch.
    private const int MaxWriters = 64;

    /// <summary>The number of the next record.</summary>
    [Id(0)] public long Next { get; init; }

    /// <summary>The oldest page that is kept.</summary>
    [Id(1)] public long FirstPage { get; init; }

    /// <summary>The records that are in no page yet.</summary>
    [Id(2)] public ImmutableArray<AuditRecord> Open { get; init; } = [];

    /// <summary>What was applied of each writer, the latest writer last.</summary>
    [Id(3)] public ImmutableArray<AuditWriter> Writers { get; init; } = [];

    /// <summary>The page that <see cref="Open"/> begins.</summary>
    public long OpenPage => (Next - Open.Length) / IAuditPageGrain.Size;

    /// <summary>The log with the events that it does not have yet; the same when it has them all.</summary>
    public AuditLogState With(Guid writer, long first, ImmutableArray<AuditEvent> events)
    {
        var applied = Writers.FirstOrDefault(known => known.Id == writer)?.Applied ?? 0;
        var fresh = events.Skip((int)Math.Clamp(applied - first, 0, events.Length)).ToImmutableArray();
        if (fresh.IsEmpty)
        {
            return this;
        }

        var others = Writers.RemoveAll(known => known.Id == writer);
        return this with
        {
            Next = Next + fresh.Length,
            Open = [.. Open, .. fresh.Select((item, i) => new AuditRecord(Next + i, item))],
            Writers = [.. others.Skip(Math.Max(0, others.Length - MaxWriters + 1)), new AuditWriter(writer, first + events.Length)],
        };
    }

    /// <summary>The records that fill a page.</summary>
    public bool HasFullPage(out ImmutableArray<AuditRecord> page)
    {
        page = Open.Length >= IAuditPageGrain.Size ? Open[..IAuditPageGrain.Size] : [];
        return !page.IsEmpty;
    }

    /// <summary>The log without the page that was sealed.</summary>
    public AuditLogState WithoutPage() => this with { Open = Open[IAuditPageGrain.Size..] };
}

/// <summary>What the log has of a writer.</summary>
/// <param name="Id">The writer.</param>
/// <param name="Applied">How many of its events.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.audit.writer")]
internal sealed record AuditWriter([property: Id(0)] Guid Id, [property: Id(1)] long Applied);
