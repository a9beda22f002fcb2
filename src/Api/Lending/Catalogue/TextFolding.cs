using System.Globalization;
using System.Text;

namespace Gatehouse.Api.Lending.Catalogue;

/// <summary>
/// Text without case, accents and width, and Korean in syllables: what Unicode's normalization would give, which a process
/// without ICU does not have. Latin, and Hangul by its algorithm (Unicode 3.12).
/// </summary>
internal static class TextFolding
{
    private const char FirstSyllable = '\uAC00';
    private const char FirstLead = '\u1100';
    private const char FirstVowel = '\u1161';
    private const char BeforeFirstTail = '\u11A7';
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    private const char FirstAccented = '\u00C0';

    // The letters of U+00C0 to U+017F without what is on or in them; a dot for those that are letters of their own.
    private const string BaseLetters =
        "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.yaaaaaaccccccccddddeeeeeeeeeegggg" +
        "gggghh..iiiiiiiiii..jjkk.llllll..llnnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            // A full-width form is its ASCII character elsewhere.
            var plain = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            if (CharUnicodeInfo.GetUnicodeCategory(plain) != UnicodeCategory.NonSpacingMark && !Compose(folded, plain))
            {
                folded.Append(WithoutAccent(plain));
            }
        }

        return folded.ToString();
    }

    private static char WithoutAccent(char c)
    {
        var at = c - FirstAccented;
        return at >= 0 && at < BaseLetters.Length && BaseLetters[at] != '.' ? BaseLetters[at] : char.ToLowerInvariant(c);
    }

    // Joins a vowel to the leading consonant before it, or a trailing consonant to the open syllable before it.
    private static bool Compose(StringBuilder folded, char c)
    {
        if (folded.Length == 0)
        {
            return false;
        }

        var last = folded[^1];
        if (last - FirstLead is >= 0 and < Leads && c - FirstVowel is >= 0 and < Vowels)
        {
            folded[^1] = (char)(FirstSyllable + ((((last - FirstLead) * Vowels) + (c - FirstVowel)) * Tails));
            return true;
        }

        var syllable = last - FirstSyllable;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && c - BeforeFirstTail is > 0 and < Tails)
        {
            folded[^1] = (char)(last + (c - BeforeFirstTail));
            return true;
        }

        return false;
    }
}
