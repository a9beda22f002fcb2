using System.Collections.Immutable;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>What a book is, apart from its copies.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-details")]
public sealed record BookDetails
{
    /// <summary>The title, in the language of this edition.</summary>
    [Id(0)] public required string Title { get; init; }

    /// <summary>The authors, in the order of the title page.</summary>
    [Id(1)] public required ImmutableArray<string> Authors { get; init; }

    /// <summary>When the work first appeared; negative before our era, null when not known.</summary>
    [Id(2)] public int? Year { get; init; }

    /// <summary>The language, as BCP 47 has it (<c>en</c>, <c>ko</c>).</summary>
    [Id(3)] public required string Language { get; init; }

    /// <summary>The ISBN, 13 digits; null when it has none.</summary>
    [Id(4)] public string? Isbn { get; init; }

    /// <summary>Whether both say the same. Lists are compared by their content.</summary>
    public bool SameAs(BookDetails other) =>
        this with { Authors = [] } == other with { Authors = [] } && Authors.SequenceEqual(other.Authors);
}
