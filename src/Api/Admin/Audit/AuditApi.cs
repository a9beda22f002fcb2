using System.Globalization;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gatehouse.Api.Admin.Audit;

/// <summary>The audit log over HTTP.</summary>
internal static class AuditApi
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void AddAudit(this IServiceCollection services) => services.AddSingleton<AuditReader>();

    public static void MapAudit(this IEndpointRouteBuilder management) => management.MapGet("/admin/v1/audit", Get)
        .WithTags("Audit")
        .WithSummary("Reads the audit log, newest first")
        .Produces<AuditDocument>();

    private static async Task<IResult> Get(
        AuditReader reader,
        string? limit,
        string? before,
        string? from,
        string? to,
        string? type,
        string? actor,
        string? target,
        string? outcome)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var query = new AuditQuery(
            (int)(Number(limit, "limit", 1, MaxLimit, errors) ?? DefaultLimit),
            Number(before, "before", 0, long.MaxValue, errors),
            Time(from, "from", errors),
            Time(to, "to", errors),
            type,
            actor,
            target,
            Outcome(outcome, errors));
        if (errors.Count > 0)
        {
            return new Problem(StatusCodes.Status400BadRequest, "bad-query", "The query is not valid") { Errors = errors }.AsResult();
        }

        var found = await reader.Read(query);
        return TypedResults.Ok(new AuditDocument(
            [.. found.Records.Select(AuditEntry.Of)], found.Before?.ToString(CultureInfo.InvariantCulture)));
    }

    private static long? Number(string? text, string name, long least, long most, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        errors[name] = [$"must be a whole number from {least} to {most}"];
        return null;
    }

    private static DateTimeOffset? Time(string? text, string name, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        errors[name] = ["must be a time such as 2026-01-31T08:00:00Z"];
        return null;
    }

    private static AuditOutcome? Outcome(string? text, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        foreach (var outcome in Enum.GetValues<AuditOutcome>())
        {
            if (AuditEntry.NameOf(outcome) == text)
            {
                return outcome;
            }
        }

        errors["outcome"] = ["must be success, denied or failed"];
        return null;
    }
}

/// <summary>A part of the audit log.</summary>
/// <param name="Records">The records, newest first.</param>
/// <param name="Before">What to pass as <c>before</c> to go on; left out at the end.</param>
internal sealed record AuditDocument(IReadOnlyList<AuditEntry> Records, string? Before);

/// <summary>A record as it is shown.</summary>
internal sealed record AuditEntry(
    long Number,
    DateTimeOffset At,
    string Type,
    string Actor,
    string Target,
    string Outcome,
    string Address,
    string TraceId,
    IReadOnlyDictionary<string, string> Details)
{
    public static AuditEntry Of(AuditRecord record) => new(
        record.Number,
        record.Event.At,
        record.Event.Type,
        record.Event.Actor,
        record.Event.Target,
        NameOf(record.Event.Outcome),
        record.Event.Address,
        record.Event.TraceId,
        record.Event.Details);

    public static string NameOf(AuditOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
