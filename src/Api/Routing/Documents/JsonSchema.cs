using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>The JSON Schema (2020-12) of route documents: a route, or a set of them.</summary>
internal static class JsonSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        // The schema is no page that could be scripted.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as text.</summary>
    public static string Text { get; } = Document().ToJsonString(Indented) + "\n";

    private static JsonObject Document()
    {
        var route = new JsonObject { ["$ref"] = "#/$defs/route" };
        var routes = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/$defs/route" } };
        var set = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["routes"] = routes.DeepClone() },
            ["required"] = new JsonArray("routes"),
            ["additionalProperties"] = false,
        };
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Gatehouse route document",
            ["anyOf"] = new JsonArray(route, routes, set),
            ["$defs"] = new JsonObject { ["route"] = Of(RouteSchema.Route) },
        };
    }

    private static JsonObject Of(FieldSchema field)
    {
        var schema = field.Type switch
        {
            FieldType.Integer => Numeric(field, "integer"),
            FieldType.Number => Numeric(field, "number"),
            FieldType.TextOrInteger => new JsonObject { ["anyOf"] = new JsonArray(TextOf(field), Numeric(field, "integer")) },
            FieldType.Flag => new JsonObject { ["type"] = "boolean" },
            FieldType.List => new JsonObject { ["type"] = "array", ["items"] = Of(field.Items!) },
            FieldType.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(field.Items!) },
            FieldType.Map => Map(field),
            FieldType.MapOrList => new JsonObject { ["anyOf"] = new JsonArray(Map(field), new JsonObject { ["type"] = "array", ["items"] = Map(field) }) },
            FieldType.WordOrMap => new JsonObject { ["anyOf"] = new JsonArray(TextOf(field), Map(field)) },
            _ => TextOf(field),
        };
        schema["description"] = field.Description;
        if (field.Default is { } missing)
        {
            schema["default"] = DefaultOf(field.Type, missing);
        }

        return schema;
    }

    private static JsonObject TextOf(FieldSchema field)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (field.Pattern is { } pattern)
        {
            schema["pattern"] = pattern;
        }

        if (!field.Values.IsEmpty)
        {
            schema["enum"] = new JsonArray([.. field.Values.Select(value => JsonValue.Create(value))]);
        }

        return schema;
    }

    private static JsonObject Numeric(FieldSchema field, string type)
    {
        var schema = new JsonObject { ["type"] = type };
        if (field.Minimum is { } minimum)
        {
            schema["minimum"] = minimum;
        }

        if (field.Maximum is { } maximum)
        {
            schema["maximum"] = maximum;
        }

        return schema;
    }

    private static JsonObject Map(FieldSchema field)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var (name, schema) in field.Fields)
        {
            properties[name] = Of(schema);
            if (schema.IsRequired)
            {
                required.Add(name);
            }
        }

        var map = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Count > 0)
        {
            map["required"] = required;
        }

        return map;
    }

    private static JsonValue? DefaultOf(FieldType type, string missing) => type switch
    {
        FieldType.Integer or FieldType.Number => JsonValue.Create(double.Parse(missing, CultureInfo.InvariantCulture)),
        FieldType.Flag => JsonValue.Create(missing == "true"),
        _ => JsonValue.Create(missing),
    };
}
