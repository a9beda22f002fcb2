namespace Gatehouse.Api.Routing.Documents;

/// <summary>What a message quotes of a text that a caller wrote, which may be long.</summary>
internal static class Excerpt
{
    private const int MaxLength = 128;

    public static string Of(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";
}
