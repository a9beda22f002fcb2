namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>What a book needs of others to be found: its ISBN for itself, and its place in the catalogue. All idempotent.</summary>
internal interface IListing
{
    /// <summary>Claims an ISBN; gives who has it then.</summary>
    Task<string> Claim(string isbn, string book);

    /// <summary>Makes a claim last; false when it was lost.</summary>
    Task<bool> Confirm(string isbn, string book);

    /// <summary>Gives an ISBN up.</summary>
    Task Release(string isbn, string book);

    /// <summary>Lists the book; false when the catalogue is full.</summary>
    Task<bool> List(BookEntry entry);

    /// <summary>Lists the book as it was before, or not at all.</summary>
    Task Unlist(string book, BookEntry? before);
}
