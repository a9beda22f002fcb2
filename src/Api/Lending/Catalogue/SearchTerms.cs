using System.Text;

namespace Gatehouse.Api.Lending.Catalogue;

/// <summary>
/// Splits text into the terms it is found by: runs of letters and digits, without case, accents and width. Korean is
/// composed (NFC), and found from the middle of a word too, because a compound is written as one.
/// </summary>
internal static class SearchTerms
{
    private const char FirstHangul = '\uAC00';
    private const char LastHangul = '\uD7A3';

    /// <summary>The terms of a text, in order.</summary>
    public static List<string> Split(string text)
    {
        var terms = new List<string>();
        var term = new StringBuilder();
        foreach (var c in Fold(text))
        {
            if (char.IsLetterOrDigit(c))
            {
                term.Append(c);
            }
            // A possessive is part of its word: "Emma's" is found by "emmas" and by "emma".
            else if (c is not ('\'' or '\u2019') && term.Length > 0)
            {
                terms.Add(term.ToString());
                term.Clear();
            }
        }

        if (term.Length > 0)
        {
            terms.Add(term.ToString());
        }

        return terms;
    }

    /// <summary>What a term is listed under: itself and, of Korean, each of its ends of two syllables or more.</summary>
    public static IEnumerable<string> Keys(string term)
    {
        yield return term;
        for (var at = 1; at < term.Length - 1; at++)
        {
            if (term[at] is >= FirstHangul and <= LastHangul)
            {
                yield return term[at..];
            }
        }
    }

    /// <summary>A text as it is compared and sorted: see <see cref="TextFolding"/>.</summary>
    public static string Fold(string text) => TextFolding.Fold(text);
}
