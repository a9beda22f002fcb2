using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>
/// Reads route documents as their authors write them, strictly: an unknown field or a wrong type is an error that names
/// the field. What the fields may hold is <see cref="RouteValidation"/>'s, which is asked too.
/// </summary>
internal static class RouteDocumentReader
{
    /// <summary>Reads one route.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="format">Its format.</param>
    /// <param name="id">The id the route has in any case, so that the document need not say it; it may not say another.</param>
    public static RouteReading ReadRoute(ReadOnlySpan<byte> utf8, DocumentFormat format, string? id = null) =>
        Read(utf8, format, _ => false, id);

    /// <summary>Reads a set of routes: a list, or a map with the list under <c>routes</c>.</summary>
    public static RouteReading ReadSet(ReadOnlySpan<byte> utf8, DocumentFormat format) => Read(utf8, format, _ => true);

    /// <summary>Reads a single route, which a map with an <c>id</c> or a <c>match</c> is, or a set.</summary>
    public static RouteReading ReadAny(ReadOnlySpan<byte> utf8, DocumentFormat format) =>
        Read(utf8, format, root => root.Field("match") is null && root.Field("id") is null);

    private static RouteReading Read(
        ReadOnlySpan<byte> utf8, DocumentFormat format, Func<DocumentNode, bool> isSet, string? id = null)
    {
        DocumentNode root;
        try
        {
            root = format == DocumentFormat.Yaml ? YamlTree.Read(utf8) : JsonTree.Read(utf8);
        }
        catch (DocumentSyntaxException e)
        {
            return new RouteReading([], [new RouteError("", e.Message)], isSet: true, line: e.Line);
        }

        var errors = new List<RouteError>();
        var set = isSet(root);
        var routes = set ? Set(root, errors) : Single(root, id, errors);
        return new RouteReading([.. routes], [.. errors], set, root);
    }

    private static List<RouteDocument> Single(DocumentNode root, string? id, List<RouteError> errors)
    {
        var route = Route(root, "", errors, id);
        if (id is not null && route.Id != id)
        {
            DocumentFields.Add(errors, "id", $"must be '{Excerpt.Of(id)}', as in the address, or left out");
        }

        if (errors.Count == 0)
        {
            errors.AddRange(RouteValidation.Check(route));
        }

        return [route];
    }

    private static List<RouteDocument> Set(DocumentNode root, List<RouteError> errors)
    {
        var list = root.Kind == DocumentNodeKind.Map ? Listed(root, errors) : root;
        if (list.Kind != DocumentNodeKind.List)
        {
            DocumentFields.Add(errors, "routes", $"must be a list of routes, not {DocumentFields.NameOf(list)}");
            return [];
        }

        var routes = new List<RouteDocument>(list.Items.Count);
        var readable = new List<RouteDocument?>(list.Items.Count);
        foreach (var item in list.Items)
        {
            var before = errors.Count;
            var route = Route(item, $"routes[{routes.Count}]", errors);
            routes.Add(route);
            readable.Add(errors.Count == before ? route : null);
        }

        errors.AddRange(RouteValidation.CheckSet(readable));
        return routes;
    }

    // An empty list takes every route out; to forget the field altogether should not.
    private static DocumentNode Listed(DocumentNode root, List<RouteError> errors)
    {
        _ = new DocumentFields(root, "", errors, "routes");
        return root.Field("routes") ?? new DocumentNode(DocumentNodeKind.Null);
    }

    private static RouteDocument Route(DocumentNode node, string path, List<RouteError> errors, string? id = null)
    {
        var fields = new DocumentFields(node, path, errors, RouteFields.With("id", "match", "to", "rewrite"));
        fields.Require("match");
        fields.Require("to");
        var route = new RouteDocument
        {
            Id = id is null ? fields.RequiredText("id") : fields.Text("id") ?? id,
            Match = fields.Map("match", (match, at) => Match(match, at, errors)) ?? new RouteMatch { Path = "" },
            To = fields.Map("to", (to, at) => Target(to, at, errors)) ?? new RouteTarget(),
            Rewrite = fields.Map("rewrite", (rewrite, at) => Rewrite(rewrite, at, errors)) ?? new RouteRewrite(),
        };
        return RouteFields.Read(route, node, path, errors);
    }

    private static RouteMatch Match(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "hosts", "path", "methods", "headers", "query");
        return new RouteMatch
        {
            Hosts = fields.Texts("hosts"),
            Path = fields.RequiredText("path"),
            Methods = fields.Texts("methods"),
            Headers = fields.List("headers", (condition, at) => Condition(condition, at, errors)),
            Query = fields.List("query", (condition, at) => Condition(condition, at, errors)),
        };
    }

    private static ValueMatch Condition(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "name", "values");
        return new ValueMatch { Name = fields.RequiredText("name"), Values = fields.Texts("values") };
    }

    private static RouteTarget Target(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "service", "split");
        return new RouteTarget
        {
            Service = fields.Text("service"),
            Split = fields.List("split", (side, at) => Side(side, at, errors)),
        };
    }

    private static SplitTarget Side(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "service", "weight");
        return new SplitTarget { Service = fields.RequiredText("service"), Weight = fields.RequiredInteger("weight") };
    }

    private static RouteRewrite Rewrite(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "removePrefix", "addPrefix", "setHeaders", "removeHeaders");
        return new RouteRewrite
        {
            RemovePrefix = fields.Text("removePrefix") ?? "",
            AddPrefix = fields.Text("addPrefix") ?? "",
            SetHeaders = fields.TextMap("setHeaders"),
            RemoveHeaders = fields.Texts("removeHeaders"),
        };
    }
}

/// <summary>The formats route documents come in.</summary>
internal enum DocumentFormat
{
    Json = 0,
    Yaml,
}
