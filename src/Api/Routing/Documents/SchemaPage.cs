using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>The reference page of all fields of a route document, in Markdown.</summary>
internal static class SchemaPage
{
    /// <summary>The page.</summary>
    public static string Text { get; } = Page();

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Route documents: all fields

            Made from the fields' own descriptions; the JSON Schema beside it, [route.schema.json](route.schema.json), is made from
            the same ones, and served at `GET /admin/v1/routes:schema`. How routes are put and matched is in [routing](routing.md), what
            limits count in [limits](limits.md), what becomes of failed attempts in [resilience](resilience.md).

            Durations are whole numbers with `ms`, `s`, `m` or `h`; sizes with `B`, `KiB`, `MiB` or `GiB`. A field that is left out has its default;
            a policy that is left out is off, unless a default is shown. Unknown fields are errors.

            | field | type | default | meaning |
            |---|---|---|---|

            """);
        foreach (var (name, schema) in RouteSchema.Route.Fields)
        {
            Append(page, name, schema);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, string path, FieldSchema field)
    {
        var missing = field.Default is { } value ? $"`{value}`" : "";
        page.Append(
            CultureInfo.InvariantCulture,
            $"| `{path}` | {TypeOf(field)} | {(field.IsRequired ? "required" : missing)} | {Escape(field.Description)} |\n");
        foreach (var (name, schema) in FieldsOf(field))
        {
            Append(page, path + Separator(field) + name, schema);
        }
    }

    private static ImmutableArray<(string Name, FieldSchema Schema)> FieldsOf(FieldSchema field) =>
        field is { Type: FieldType.List, Items.Type: FieldType.Map } ? field.Items.Fields : field.Fields;

    private static string Separator(FieldSchema field) => field.Type == FieldType.List ? "[]." : ".";

    private static string TypeOf(FieldSchema field) => field.Type switch
    {
        FieldType.Text when !field.Values.IsEmpty => string.Join(", ", field.Values.Select(value => $"`{value}`")),
        FieldType.Integer or FieldType.Number => $"{(field.Type == FieldType.Integer ? "whole number" : "number")}, {Range(field)}",
        FieldType.Flag => "`true`, `false`",
        FieldType.List => field.Items!.Type switch
        {
            FieldType.Map => "list of maps",
            FieldType.TextOrInteger => "list of texts and numbers",
            _ => "list of texts",
        },
        FieldType.Dictionary => "map of names and texts",
        FieldType.WordOrMap => $"{string.Join(", ", field.Values.Select(value => $"`{value}`"))}, or map",
        FieldType.MapOrList => "map, or list of such maps",
        _ => field.Type.ToString().ToLowerInvariant(),
    };

    private static string Range(FieldSchema field) =>
        string.Create(CultureInfo.InvariantCulture, $"{field.Minimum:#,0.###} to {field.Maximum:#,0.###}");

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
