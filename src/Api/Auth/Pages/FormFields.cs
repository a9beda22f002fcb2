namespace Gatehouse.Api.Auth.Pages;

/// <summary>Reads a page's form: each field once, bounded.</summary>
internal static class FormFields
{
    private const int MaxLength = 8 * 1024;

    /// <summary>A field's value; empty when it is missing, repeated or too long.</summary>
    public static string Field(this IFormCollection form, string name) => form[name] is [{ Length: <= MaxLength } value] ? value : "";

    /// <summary>Whether a box is ticked.</summary>
    public static bool Ticked(this IFormCollection form, string name) => form[name] is ["on"];

    /// <summary>A query parameter's value; empty when it is missing, repeated or too long.</summary>
    public static string Query(this HttpRequest request, string name) => request.Query[name] is [{ Length: <= MaxLength } value] ? value : "";
}
