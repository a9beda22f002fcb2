using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gatehouse.Grains.Lending.Books;

namespace Gatehouse.Api.Lending.Seed;

/// <summary>A book of a new library.</summary>
/// <param name="Id">Its id, made of its title.</param>
/// <param name="Details">What it is.</param>
/// <param name="Copies">How many copies there are.</param>
internal sealed record SeedBook(string Id, BookDetails Details, int Copies);

/// <summary>
/// The first books, in <c>books.tsv</c>: works in the public domain, by title, authors, year of the first appearance and
/// language. None has an ISBN, which editions have and works have not.
/// </summary>
internal static class SeedBooks
{
    public static ImmutableArray<SeedBook> All { get; } = Read();

    private static ImmutableArray<SeedBook> Read()
    {
        using var stream = typeof(SeedBooks).Assembly.GetManifestResourceStream("Gatehouse.Api.Lending.Seed.books.tsv")
            ?? throw new InvalidOperationException("The first books are missing from the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var books = ImmutableArray.CreateBuilder<SeedBook>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                books.Add(Parse(line.Split('\t')));
            }
        }

        return books.DrainToImmutable();
    }

    private static SeedBook Parse(string[] columns)
    {
        var details = new BookDetails
        {
            Title = columns[1],
            Authors = columns[2].Length == 0 ? [] : [.. columns[2].Split("; ")],
            Year = columns[3].Length == 0 ? null : int.Parse(columns[3], CultureInfo.InvariantCulture),
            Language = columns[4],
        };
        // What is read most has most copies.
        return new SeedBook(columns[0], details, int.Parse(columns[5], CultureInfo.InvariantCulture));
    }
}
