using System.Buffers;

namespace Gatehouse.Grains.Routing;

/// <summary>The character sets and lengths that names in a route document keep to.</summary>
internal static class Syntax
{
    private const string Alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(Alphanumerics + "-_.");
    private static readonly SearchValues<char> ParameterCharacters = SearchValues.Create(Alphanumerics + "-_");

    // RFC 9110, 5.6.2: tchar.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(Alphanumerics + "!#$%&'*+-.^_`|~");

    public static bool IsName(string text) => text.Length is > 0 and <= 128 && Only(text, NameCharacters);

    public static bool IsParameterName(string text) => text.Length is > 0 and <= 64 && Only(text, ParameterCharacters);

    public static bool IsToken(string text) => text.Length is > 0 and <= 128 && Only(text, TokenCharacters);

    /// <summary>RFC 9110, 5.5: visible ASCII, with spaces and tabs inside only.</summary>
    public static bool IsHeaderValue(string text) =>
        text.Length <= 4096
        && !text.AsSpan().ContainsAnyExcept(HeaderValueCharacters)
        && text.AsSpan().Trim(" \t").Length == text.Length;

    /// <summary>Labels of letters, digits, hyphens and underscores (RFC 1123 and practice), 253 characters in all.</summary>
    public static bool IsHostName(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 253)
        {
            return false;
        }

        foreach (var label in text.Split('.'))
        {
            if (!IsHostLabel(text[label]))
            {
                return false;
            }
        }

        return true;
    }

    private static readonly SearchValues<char> HeaderValueCharacters =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\t']);

    private static bool IsHostLabel(ReadOnlySpan<char> label) =>
        label.Length is > 0 and <= 63
        && label[0] != '-'
        && label[^1] != '-'
        && !label.ContainsAnyExcept(ParameterCharacters);

    private static bool Only(string text, SearchValues<char> allowed) => !text.AsSpan().ContainsAnyExcept(allowed);
}
