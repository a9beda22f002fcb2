using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Books;

namespace Gatehouse.Api.Lending;

/// <summary>A book as a librarian writes it.</summary>
/// <param name="Title">The title.</param>
/// <param name="Authors">The authors.</param>
/// <param name="Year">When the work first appeared.</param>
/// <param name="Language">A language tag.</param>
/// <param name="Isbn">Its ISBN, 13 digits.</param>
/// <param name="Copies">How many copies it has.</param>
internal sealed record BookDocument(string Title, ImmutableArray<string> Authors, int? Year, string Language, string? Isbn, int Copies)
{
    private const int MaxTitle = 300;
    private const int MaxAuthors = 20;
    private const int MaxAuthor = 120;
    private const int NoYear = int.MinValue;

    public static (BookDocument? Book, Problem? Problem) Parse(JsonElement document)
    {
        var fields = new JsonFields(document, "title", "authors", "year", "language", "isbn", "copies");
        var title = fields.Text("title", required: true, MaxTitle)?.Trim();
        var authors = fields.Texts("authors", MaxAuthors, MaxAuthor);
        var year = fields.Number("year", NoYear, -4000, 3000);
        var language = fields.Text("language", required: true, 35);
        var isbn = fields.Text("isbn", maxLength: 17);
        var copies = fields.Number("copies", 1, 0, LendingRules.MaxCopies);
        if (title is { Length: 0 })
        {
            fields.Refuse("title", "must not be empty");
        }

        if (language is not null && !IsLanguage(language))
        {
            fields.Refuse("language", "must be a language tag such as en or ko");
        }

        string? digits = null;
        if (isbn is not null && !Catalogue.Isbn.TryRead(isbn, out digits))
        {
            fields.Refuse("isbn", "must be an ISBN of 13 or 10 digits with the right check digit");
        }

        if (fields.Errors.Count > 0)
        {
            return (null, Problem.Invalid(fields.Errors));
        }

        return (new BookDocument(title!, authors, year == NoYear ? null : year, language!, digits, copies), null);
    }

    /// <summary>What the book is, apart from its copies.</summary>
    public BookDetails ToDetails() => new() { Title = Title, Authors = Authors, Year = Year, Language = Language, Isbn = Isbn };

    private static bool IsLanguage(string tag) =>
        tag.Length is >= 2 and <= 35 && char.IsAsciiLetter(tag[0]) && char.IsAsciiLetter(tag[1]) && tag.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
