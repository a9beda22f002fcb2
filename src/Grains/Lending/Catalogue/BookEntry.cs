using Gatehouse.Grains.Lending.Books;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>A book in the catalogue, as every front door has it to search.</summary>
/// <param name="Id">The book's id.</param>
/// <param name="Details">What it is.</param>
/// <param name="Copies">How many copies the library has.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-entry")]
public sealed record BookEntry(
    [property: Id(0)] string Id,
    [property: Id(1)] BookDetails Details,
    [property: Id(2)] int Copies);
