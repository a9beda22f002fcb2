namespace Gatehouse.Api.Routing.Documents;

/// <summary>How much of a document is read. Twenty thousand rich routes are about a million values.</summary>
internal static class DocumentLimits
{
    /// <summary>Lists and maps inside each other.</summary>
    public const int MaxDepth = 32;

    /// <summary>Values, counted as often as aliases repeat them.</summary>
    public const int MaxNodes = 2_000_000;

    public static DocumentSyntaxException TooDeep(int line) => new($"is nested deeper than {MaxDepth} levels", line);

    public static DocumentSyntaxException TooMany(int line) => new($"has more than {MaxNodes} values", line);
}
