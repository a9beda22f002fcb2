using Gatehouse.Grains.Lending.Catalogue;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>ISBNs and the catalogue in memory, failing when told to.</summary>
internal sealed class FakeListing : IListing
{
    public Dictionary<string, (string Book, bool Confirmed)> Isbns { get; } = [];

    public Dictionary<string, BookEntry> Catalogue { get; } = [];

    public int Capacity { get; set; } = int.MaxValue;

    /// <summary>Makes the call of this number from now on fail, after it was carried out.</summary>
    public int? LoseReplyOf { get; set; }

    public Task<string> Claim(string isbn, string book)
    {
        Isbns.TryAdd(isbn, (book, false));

        return Answer(Isbns[isbn].Book);
    }

    public Task<bool> Confirm(string isbn, string book)
    {
        var own = Isbns.TryGetValue(isbn, out var entry) && entry.Book == book;
        if (own)
        {
            Isbns[isbn] = (book, true);
        }

        return Answer(own);
    }

    public Task Release(string isbn, string book)
    {
        if (Isbns.TryGetValue(isbn, out var entry) && entry.Book == book)
        {
            Isbns.Remove(isbn);
        }

        return Answer(true);
    }

    public Task<bool> List(BookEntry entry)
    {
        if (!Catalogue.ContainsKey(entry.Id) && Catalogue.Count >= Capacity)
        {
            return Answer(false);
        }

        Catalogue[entry.Id] = entry;
        return Answer(true);
    }

    public Task Unlist(string book, BookEntry? before)
    {
        if (before is null)
        {
            Catalogue.Remove(book);
        }
        else
        {
            Catalogue[book] = before;
        }

        return Answer(true);
    }

    private Task<T> Answer<T>(T value)
    {
        if (LoseReplyOf is { } left)
        {
            LoseReplyOf = left == 0 ? null : left - 1;
            if (left == 0)
            {
                return Task.FromException<T>(new TimeoutException("The reply was lost."));
            }
        }

        return Task.FromResult(value);
    }
}
