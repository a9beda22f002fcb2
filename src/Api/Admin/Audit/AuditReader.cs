using System.Collections.Immutable;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Api.Admin.Audit;

/// <summary>Reads the audit log backwards, the newest record first.</summary>
internal sealed class AuditReader(IGrainFactory grains)
{
    // A rare kind of record is searched for in several requests.
    private const int MaxPagesRead = 40;

    /// <summary>The records of a query, and where to go on.</summary>
    public async Task<AuditResult> Read(AuditQuery query)
    {
        var end = await grains.GetGrain<IAuditLogGrain>(IAuditLogGrain.Key).End();
        var before = Math.Min(query.Before ?? end.Next, end.Next);
        var found = new List<AuditRecord>(query.Limit);
        var records = end.Open;
        for (var read = 0; read <= MaxPagesRead; read++)
        {
            foreach (var record in records.Reverse().Where(record => record.Number < before))
            {
                if (found.Count == query.Limit)
                {
                    return new AuditResult([.. found], before);
                }

                before = record.Number;
                if (record.Event.At < query.From)
                {
                    return new AuditResult([.. found], null);
                }

                if (query.Matches(record.Event))
                {
                    found.Add(record);
                }
            }

            // The number before the ones read is in the page to read next.
            var page = (Math.Min(before, end.Next - end.Open.Length) - 1) / IAuditPageGrain.Size;
            if (before == 0 || end.Next == end.Open.Length || page < end.FirstPage)
            {
                return new AuditResult([.. found], null);
            }

            records = await grains.GetGrain<IAuditPageGrain>(page).Read();
            if (records.IsEmpty)
            {
                return new AuditResult([.. found], null);
            }
        }

        return new AuditResult([.. found], before);
    }
}

/// <summary>What is looked for.</summary>
/// <param name="Limit">The most records.</param>
/// <param name="Before">Only records with a smaller number.</param>
/// <param name="From">Only records since then.</param>
/// <param name="To">Only records until then.</param>
/// <param name="Type">A type, or what types begin with up to a dot.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Target">What it was done to.</param>
/// <param name="Outcome">What came of it.</param>
internal sealed record AuditQuery(
    int Limit,
    long? Before = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string? Type = null,
    string? Actor = null,
    string? Target = null,
    AuditOutcome? Outcome = null)
{
    public bool Matches(AuditEvent auditEvent) =>
        (To is null || auditEvent.At <= To)
        && (Type is null || auditEvent.Type == Type || auditEvent.Type.StartsWith(Type + ".", StringComparison.Ordinal))
        && (Actor is null || auditEvent.Actor == Actor)
        && (Target is null || auditEvent.Target == Target)
        && (Outcome is null || auditEvent.Outcome == Outcome);
}

/// <summary>What was found.</summary>
/// <param name="Records">The records, newest first.</param>
/// <param name="Before">Where to go on; null at the end.</param>
internal sealed record AuditResult(ImmutableArray<AuditRecord> Records, long? Before);
