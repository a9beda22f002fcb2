using System.Collections.Immutable;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>Every field of a route document, as the fields say of themselves.</summary>
internal static class RouteSchema
{
    private static readonly FieldSchema Service = FieldSchema.Text("A service's name: 1 to 128 letters, digits, `-`, `_` or `.`.");

    private static readonly FieldSchema Conditions = FieldSchema.Map(
        "A condition.",
        ("name", FieldSchema.Text("The name.").Required()),
        ("values", FieldSchema.List("The accepted values, compared exactly; none when presence is enough.", FieldSchema.Text("A value."))));

    /// <summary>A route document.</summary>
    public static FieldSchema Route { get; } = FieldSchema.Map(
        "A route: which requests go to which service, and how.",
        [
            ("id", FieldSchema.Text("The route's id, unique: 1 to 128 letters, digits, `-`, `_` or `.`. In a put of one route the address says it.").Required()),
            ("match", Match().Required()),
            ("to", Target().Required()),
            ("rewrite", Rewrite()),
            .. RouteFields.All.Select(field => (field.Name, field.Schema)),
        ]);

    private static FieldSchema Match() => FieldSchema.Map(
        "Which requests the route takes; all conditions must hold.",
        ("hosts", FieldSchema.List("Host names without port; `*.example.org` takes every name below.", FieldSchema.Text("A host name."))),
        ("path", FieldSchema.Text("The path: literal segments, `{name}` for one segment, `{**name}` at the end for the rest.").Required()),
        ("methods", FieldSchema.List("HTTP methods; GET takes HEAD too.", FieldSchema.Text("A method."))),
        ("headers", FieldSchema.List("Conditions on request headers.", Conditions)),
        ("query", FieldSchema.List("Conditions on query parameters.", Conditions)));

    private static FieldSchema Target() => FieldSchema.Map(
        "Where requests go: one service, or several by weight.",
        ("service", Service),
        ("split", FieldSchema.List(
            "The services and their weights.",
            FieldSchema.Map(
                "One side.",
                ("service", Service.Required()),
                ("weight", FieldSchema.Integer("Its share of the sum of the weights.", 0, 1000).Required())))));

    private static FieldSchema Rewrite() => FieldSchema.Map(
        "What is changed on the way.",
        ("removePrefix", FieldSchema.Text("Whole leading segments taken off the path.")),
        ("addPrefix", FieldSchema.Text("Put before the path after that.")),
        ("setHeaders", FieldSchema.Dictionary("Request headers set, replacing the client's.", FieldSchema.Text("The value."))),
        ("removeHeaders", FieldSchema.List("Request headers taken out.", FieldSchema.Text("A header's name."))));
}
