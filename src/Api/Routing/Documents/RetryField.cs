using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>retry</c>.</summary>
internal sealed class RetryField : IRouteField
{
    private const string Connect = "connect";

    private static readonly RouteRetry Missing = new();

    public string Name => "retry";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "When a request is sent again, to another instance where there is one: only of idempotent methods or with an `Idempotency-Key`, and after `connect` of any; before a response has begun; with a body of at most 64 KiB.",
        ("attempts", FieldSchema.Integer("The most attempts, the first among them; 1 turns retries off.", 1, 10, Missing.Attempts)),
        ("on", FieldSchema.List(
            "After what: `connect`, when no connection could be made, and statuses from 400 to 599. 502 is also a service that broke off, and 504 one whose time was up. `[connect, 502, 503, 504]` unless said.",
            FieldSchema.TextOrInteger("`connect` or a status.", "^(connect|[45][0-9][0-9])$", 400, 599))),
        ("budget", FieldSchema.Number("The most retries of a service's requests, as a share of them, beside ten in 10 s that are always allowed; above 0 to 1.", 0, 1, Missing.Budget)),
        ("backoff", FieldSchema.Duration("How long is waited at most before the first retry, at random; doubles with each to ten times that; to 10s.", Missing.Backoff)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "attempts", "on", "budget", "backoff");
        var causes = node.Kind == DocumentNodeKind.Map && node.Field("on") is not null
            ? fields.List("on", (cause, at) => ReadCause(cause, at, errors))
            : default;
        return route with
        {
            Retry = new RouteRetry
            {
                Attempts = fields.Integer("attempts", Missing.Attempts),
                Connect = causes.IsDefault ? Missing.Connect : causes.Contains(0),
                Statuses = causes.IsDefault ? Missing.Statuses : causes.RemoveAll(cause => cause == 0),
                Budget = fields.Fraction("budget", Missing.Budget),
                Backoff = fields.Span("backoff", Missing.Backoff),
            },
        };
    }

    public DocumentNode Write(RouteDocument route)
    {
        var retry = route.Retry;
        var isUsual = retry.Connect == Missing.Connect && retry.Statuses.SequenceEqual(Missing.Statuses);
        return new NodeFields()
            .Number("attempts", retry.Attempts, Missing.Attempts)
            .Add("on", isUsual ? null : DocumentNode.Of(WriteCauses(retry)))
            .Number("budget", retry.Budget, Missing.Budget)
            .Span("backoff", retry.Backoff, Missing.Backoff)
            .Node();
    }

    // 0 stands for "connect".
    private static int ReadCause(DocumentNode node, string path, List<RouteError> errors)
    {
        if (node.Kind is DocumentNodeKind.Text or DocumentNodeKind.Number)
        {
            if (node.Text == Connect)
            {
                return 0;
            }

            if (int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599)
            {
                return status;
            }
        }

        DocumentFields.Add(errors, path, $"must be 'connect' or a status from 400 to 599, not {DocumentFields.NameOf(node)}");
        return Missing.Statuses[0];
    }

    private static IEnumerable<DocumentNode> WriteCauses(RouteRetry retry) =>
    [
        .. retry.Connect ? [DocumentNode.Of(Connect)] : ImmutableArray<DocumentNode>.Empty,
        .. retry.Statuses.Select(status => DocumentNode.Of((double)status)),
    ];
}
