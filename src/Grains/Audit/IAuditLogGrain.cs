using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Audit;

/// <summary>
/// The end of the audit log, where it grows; its key is <see cref="Key"/>. What is full is sealed into an
/// <see cref="IAuditPageGrain"/>. Nothing changes or takes out a record; whole pages leave when they are old enough.
/// </summary>
[Alias("gatehouse.audit.log")]
public interface IAuditLogGrain : IGrainWithStringKey
{
    /// <summary>The key of the one log.</summary>
    const string Key = "audit";

    /// <summary>Appends what one writer recorded. Applied once, whatever the number of calls.</summary>
    /// <param name="writer">Who writes; new with each start of its process.</param>
    /// <param name="first">The writer's own count of the first event.</param>
    /// <param name="events">The events, in their order.</param>
    [Alias("append"), ResponseTimeout("00:00:10")]
    Task Append(Guid writer, long first, ImmutableArray<AuditEvent> events);

    /// <summary>The records that are not sealed yet, and where the log begins.</summary>
    [Alias("end"), AlwaysInterleave]
    ValueTask<AuditEnd> End();
}

/// <summary>Sealed records; its key is their number divided by <see cref="Size"/>.</summary>
[Alias("gatehouse.audit.page")]
public interface IAuditPageGrain : IGrainWithIntegerKey
{
    /// <summary>Records in a page.</summary>
    const int Size = 256;

    /// <summary>Keeps a page for good; a second time changes nothing.</summary>
    [Alias("seal")]
    Task Seal(ImmutableArray<AuditRecord> records);

    /// <summary>The page; empty when there is none.</summary>
    [Alias("read"), AlwaysInterleave]
    ValueTask<ImmutableArray<AuditRecord>> Read();

    /// <summary>Forgets the page, which is older than the log is kept.</summary>
    [Alias("drop")]
    Task Drop();
}

/// <summary>The end of the log.</summary>
/// <param name="FirstPage">The oldest page there is.</param>
/// <param name="Next">The number of the next record.</param>
/// <param name="Open">The records that are in no page yet, oldest first.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.audit.end")]
public sealed record AuditEnd(
    [property: Id(0)] long FirstPage, [property: Id(1)] long Next, [property: Id(2)] ImmutableArray<AuditRecord> Open);
