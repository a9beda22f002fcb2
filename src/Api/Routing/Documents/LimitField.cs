using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>limit</c>: one limit or a list of them, all of which must admit a request.</summary>
internal sealed class LimitField : IRouteField
{
    private static readonly string PeriodRule =
        $"a duration such as 1s or 1m, or one of {string.Join(", ", LimitNames.Periods)}";

    public string Name => "limit";

    public FieldSchema Schema { get; } = FieldSchema.MapOrList(
        "How many requests are admitted, for all front doors together; of a list, all must admit. What is refused is answered 429.",
        ("permits", FieldSchema.Integer("How many.", 1, 2_000_000_000).Required()),
        ("per", FieldSchema.Text(
            "In which time: a duration from 1s to 1h (of a sliding window to 1m), or `hour`, `day` or `month` for a quota of the calendar (UTC) that is kept in the store.",
            "1s")),
        ("by", FieldSchema.Text(
            $"Whose requests are counted together: {string.Join(", ", LimitNames.Subjects)}. A caller without identity is counted by address.",
            "consumer")),
        ("algorithm", FieldSchema.OneOf("How it is counted; a quota needs none.", LimitNames.Algorithms, "token-bucket")),
        ("burst", FieldSchema.Integer("How many a token bucket saves up; as many as `permits` unless it is said.", 1, 1_000_000)),
        ("shared", FieldSchema.Text("A name; routes with the same limit of the same name share it.")),
        ("whenUnknown", FieldSchema.OneOf(
            "What becomes of requests while the limiter does not answer: refused with 503, or admitted uncounted.", ["refuse", "admit"], "refuse")));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors) => route with
    {
        Limits = node.Kind == DocumentNodeKind.List
            ? [.. node.Items.Select((item, i) => ReadLimit(item, $"{path}[{i}]", errors))]
            : [ReadLimit(node, path, errors)],
    };

    public DocumentNode? Write(RouteDocument route) => route.Limits.Length switch
    {
        0 => null,
        1 => WriteLimit(route.Limits[0]),
        _ => DocumentNode.Of(route.Limits.Select(WriteLimit)),
    };

    private static RouteLimit ReadLimit(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "permits", "per", "by", "algorithm", "burst", "shared", "whenUnknown");
        var per = fields.Value(
            "per", (Per: TimeSpan.FromSeconds(1), Period: QuotaPeriod.None), ParsePer, PeriodRule);
        var by = fields.Text("by") ?? "consumer";
        var subject = fields.Value("by", LimitSubject.Consumer, LimitNames.Subject, $"one of {string.Join(", ", LimitNames.Subjects)}");
        var algorithm = fields.Value(
            "algorithm", LimitAlgorithm.TokenBucket, LimitNames.Algorithm, $"one of {string.Join(", ", LimitNames.Algorithms)}");
        if (per.Period != QuotaPeriod.None && fields.Text("algorithm") is not null)
        {
            DocumentFields.Add(errors, $"{path}.algorithm", "is not of a quota (per: hour, day or month)");
        }

        return new RouteLimit
        {
            Permits = fields.RequiredInteger("permits"),
            Per = per.Per,
            Period = per.Period,
            By = subject,
            Header = subject == LimitSubject.Header ? by[LimitNames.HeaderPrefix.Length..] : "",
            Algorithm = per.Period == QuotaPeriod.None ? algorithm : LimitAlgorithm.Quota,
            Burst = fields.Integer("burst", 0),
            Shared = fields.Text("shared") ?? "",
            AdmitUnknown = fields.Value("whenUnknown", false, ParseWhenUnknown, "refuse or admit"),
        };
    }

    private static (TimeSpan Per, QuotaPeriod Period)? ParsePer(string text)
    {
        if (LimitNames.Period(text) is { } period)
        {
            return (TimeSpan.FromSeconds(1), period);
        }

        return Duration.Parse(text) is { } per ? (per, QuotaPeriod.None) : null;
    }

    private static bool? ParseWhenUnknown(string text) => text switch
    {
        "refuse" => false,
        "admit" => true,
        _ => null,
    };

    private static DocumentNode WriteLimit(RouteLimit limit)
    {
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, DocumentNode>>();
        fields.Add(new("permits", Number(limit.Permits)));
        if (limit.Algorithm == LimitAlgorithm.Quota)
        {
            fields.Add(new("per", DocumentNode.Of(LimitNames.Of(limit.Period))));
        }
        else if (limit.Algorithm != LimitAlgorithm.Concurrent)
        {
            fields.Add(new("per", DocumentNode.Of(Duration.Format(limit.Per))));
        }

        fields.Add(new("by", DocumentNode.Of(LimitNames.Of(limit))));
        if (limit.Algorithm != LimitAlgorithm.Quota)
        {
            fields.Add(new("algorithm", DocumentNode.Of(LimitNames.Of(limit.Algorithm))));
        }

        if (limit.Burst > 0)
        {
            fields.Add(new("burst", Number(limit.Burst)));
        }

        if (limit.Shared.Length > 0)
        {
            fields.Add(new("shared", DocumentNode.Of(limit.Shared)));
        }

        if (limit.AdmitUnknown)
        {
            fields.Add(new("whenUnknown", DocumentNode.Of("admit")));
        }

        return DocumentNode.Of(fields);
    }

    private static DocumentNode Number(int value) =>
        new(DocumentNodeKind.Number) { Text = value.ToString(CultureInfo.InvariantCulture) };
}
