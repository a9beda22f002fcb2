using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Lending;

/// <summary>Reads the parameters of a query strictly, and gathers what is wrong with each.</summary>
internal sealed class QueryReading
{
    private const int MaxLimit = 100;
    private const int DefaultLimit = 20;
    private const int MaxCursor = 2_000;

    private readonly IQueryCollection query;
    private Dictionary<string, string[]>? errors;

    public QueryReading(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        this.query = query;
        foreach (var name in query.Keys)
        {
            if (!known.Contains(name))
            {
                Refuse(name.Length <= 64 ? name : name[..64], $"is not known; the parameters are {string.Join(", ", known.ToArray())}");
            }
        }
    }

    /// <summary>What is wrong; null when nothing is.</summary>
    public Problem? Problem => errors is null ? null : Problem.Invalid(errors);

    public static string CursorOf(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    public string? Text(string name, int maxLength)
    {
        if (!query.TryGetValue(name, out var values))
        {
            return null;
        }

        if (values is not [{ } value] || value.Length > maxLength || value.Any(char.IsControl) || !IsUnicode(value))
        {
            Refuse(name, $"must be given once, at most {maxLength} characters, none of them a control character");
            return null;
        }

        return value;
    }

    public int Limit()
    {
        if (!query.TryGetValue("limit", out var values))
        {
            return DefaultLimit;
        }

        if (values is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        Refuse("limit", $"must be a whole number from 1 to {MaxLimit}");
        return DefaultLimit;
    }

    /// <summary>The key after which the page begins.</summary>
    public string? Cursor()
    {
        if (Text("after", MaxCursor) is not { } cursor)
        {
            return null;
        }

        var bytes = new byte[cursor.Length];
        if (Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length))
        {
            return Encoding.UTF8.GetString(bytes, 0, length);
        }

        Refuse("after", "must be the 'next' of a page");
        return null;
    }

    public bool Flag(string name)
    {
        var text = Text(name, 5);
        if (text is not (null or "true" or "false"))
        {
            Refuse(name, "must be true or false");
        }

        return text == "true";
    }

    public void Refuse(string name, string why) => (errors ??= []).TryAdd(name, [why]);

    private static bool IsUnicode(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
            {
                return false;
            }
        }

        return true;
    }
}
