using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Api.Lending.Catalogue;

/// <summary>International standard book numbers, ISO 2108.</summary>
internal static class Isbn
{
    /// <summary>Reads an ISBN of 13 or 10 digits, with or without hyphens or spaces, whose check digit is right.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isbn">Its 13 digits.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? isbn)
    {
        isbn = null;
        if (text.Length is < 10 or > 17)
        {
            return false;
        }

        Span<char> digits = stackalloc char[17];
        var count = 0;
        foreach (var c in text)
        {
            if (c is not ('-' or ' '))
            {
                digits[count++] = char.ToUpperInvariant(c);
            }
        }

        digits = digits[..count];
        if (digits.Length == 13 && IsDigits(digits) && Check13(digits[..12]) == digits[12] && (digits.StartsWith("978") || digits.StartsWith("979")))
        {
            isbn = digits.ToString();
        }
        else if (digits.Length == 10 && IsDigits(digits[..9]) && Check10(digits[..9]) == digits[9])
        {
            var twelve = $"978{digits[..9]}";
            isbn = twelve + Check13(twelve);
        }

        return isbn is not null;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static char Check13(ReadOnlySpan<char> twelve)
    {
        var sum = 0;
        for (var i = 0; i < 12; i++)
        {
            sum += (twelve[i] - '0') * (i % 2 == 0 ? 1 : 3);
        }

        return (char)('0' + ((10 - (sum % 10)) % 10));
    }

    private static char Check10(ReadOnlySpan<char> nine)
    {
        var sum = 0;
        for (var i = 0; i < 9; i++)
        {
            sum += (nine[i] - '0') * (10 - i);
        }

        var check = (11 - (sum % 11)) % 11;
        return check == 10 ? 'X' : (char)('0' + check);
    }
}
