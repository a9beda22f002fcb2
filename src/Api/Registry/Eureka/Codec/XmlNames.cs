using System.Globalization;
using System.Text;
using System.Xml;

namespace Gatehouse.Api.Registry.Eureka.Codec;

/// <summary>
/// Free text in XML. Metadata keys become element names, written as the original server's serializer (XStream) does:
/// <c>$</c> as <c>_-</c>, <c>_</c> as <c>__</c>, what no XML name may hold as <c>_.</c> and four hexadecimal digits.
/// </summary>
internal static class XmlNames
{
    public static string EncodeName(string name)
    {
        var encoded = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            switch (c)
            {
                case '$':
                    encoded.Append("_-");
                    break;
                case '_':
                    encoded.Append("__");
                    break;
                // The colon would make a prefix.
                case var _ when c == ':' || !(encoded.Length == 0 ? XmlConvert.IsStartNCNameChar(c) : XmlConvert.IsNCNameChar(c)):
                    encoded.Append("_.").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    encoded.Append(c);
                    break;
            }
        }

        // An element needs a name; no encoded name is a single escape character.
        return encoded.Length == 0 ? "_" : encoded.ToString();
    }

    public static string DecodeName(string name)
    {
        if (name == "_")
        {
            return "";
        }

        if (!name.Contains('_', StringComparison.Ordinal))
        {
            return name;
        }

        var decoded = new StringBuilder(name.Length);
        var rest = name.AsSpan();
        while (!rest.IsEmpty)
        {
            decoded.Append(DecodeNext(rest, out var length));
            rest = rest[length..];
        }

        return decoded.ToString();
    }

    /// <summary>The text with what XML cannot carry, not even escaped, replaced.</summary>
    public static string Clean(string text)
    {
        char[]? clean = null;
        var pair = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (pair || XmlConvert.IsXmlChar(text[i]))
            {
                pair = false;
                continue;
            }

            pair = i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]);
            if (!pair)
            {
                clean ??= text.ToCharArray();
                clean[i] = '\uFFFD';
            }
        }

        return clean is null ? text : new string(clean);
    }

    private static char DecodeNext(ReadOnlySpan<char> rest, out int length)
    {
        switch (rest)
        {
            case ['_', '_', ..]:
                length = 2;
                return '_';
            case ['_', '-', ..]:
                length = 2;
                return '$';
            case ['_', '.', .. var hex] when TryHex(hex, out var code):
                length = 6;
                return code;
            default:
                length = 1;
                return rest[0];
        }
    }

    private static bool TryHex(ReadOnlySpan<char> text, out char code)
    {
        code = '\0';
        if (text.Length < 4 || !ushort.TryParse(text[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        code = (char)value;
        return true;
    }
}
