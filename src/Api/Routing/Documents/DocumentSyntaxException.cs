namespace Gatehouse.Api.Routing.Documents;

/// <summary>A text is not JSON or YAML, or more of it than is read.</summary>
internal sealed class DocumentSyntaxException : Exception
{
    public DocumentSyntaxException() { }

    public DocumentSyntaxException(string message) : base(message) { }

    public DocumentSyntaxException(string message, Exception inner) : base(message, inner) { }

    public DocumentSyntaxException(string message, int line) : base(message) => Line = line;

    /// <summary>The line, counted from 1; 0 when not known.</summary>
    public int Line { get; }
}
