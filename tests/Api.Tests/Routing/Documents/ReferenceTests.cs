using System.Text.Json;
using Gatehouse.Api.Routing.Documents;

namespace Gatehouse.Api.Tests.Routing.Documents;

/// <summary>
/// The reference page and the JSON Schema in <c>docs</c> say what the fields say. With <c>UPDATE_REFERENCE</c> set they are
/// written anew.
/// </summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Page_in_docs_is_up_to_date() => UpToDate("route-reference.md", SchemaPage.Text);

    [Fact]
    public void Schema_in_docs_is_up_to_date() => UpToDate("route.schema.json", JsonSchema.Text);

    [Fact]
    public void Every_field_that_is_read_is_described()
    {
        using var schema = JsonDocument.Parse(JsonSchema.Text);
        var properties = schema.RootElement.GetProperty("$defs").GetProperty("route").GetProperty("properties");

        foreach (var name in RouteFields.With("id", "match", "to", "rewrite"))
        {
            properties.GetProperty(name).GetProperty("description").GetString().ShouldNotBeNullOrWhiteSpace(name);
        }
    }

    private static void UpToDate(string name, string text)
    {
        var path = Path.Combine(Root(), "docs", name);
        if (Environment.GetEnvironmentVariable("UPDATE_REFERENCE") is { Length: > 0 })
        {
            File.WriteAllText(path, text);
        }

        File.ReadAllText(path).ShouldBe(
            text, $"docs/{name} is out of date: UPDATE_REFERENCE=1 dotnet run --project tests/Api.Tests -c Release -- -class {typeof(ReferenceTests).FullName}");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not run from within the repository.");
        }

        return folder;
    }
}
