using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Lending.Catalogue;

namespace Gatehouse.Api.Lending.Catalogue;

/// <summary>
/// The catalogue at one version, made to be searched: books sorted by title, and under each term the books that have it.
/// Immutable; rebuilt at the first search after a change.
/// </summary>
internal sealed class CatalogueIndex
{
    // Enough for what is asked again and again; a snapshot that many different things are asked of starts over.
    private const int MaxKnownQueries = 2_000;

    private readonly Lazy<Contents> contents;
    private readonly ConcurrentDictionary<string, int[]> known = new(StringComparer.Ordinal);

    public CatalogueIndex(ImmutableDictionary<string, BookEntry> books)
    {
        Books = books;
        contents = new Lazy<Contents>(() => new Contents(books.Values));
    }

    /// <summary>The books by id.</summary>
    public ImmutableDictionary<string, BookEntry> Books { get; }

    /// <summary>The positions, in the order of titles, of the books that have every word of the query, or one that begins so.</summary>
    /// <param name="query">Words of title and author, or an ISBN; empty for all books.</param>
    public ReadOnlySpan<int> Search(string query)
    {
        if (!known.TryGetValue(query, out var found))
        {
            found = contents.Value.Search(query);
            if (known.Count < MaxKnownQueries)
            {
                known.TryAdd(query, found);
            }
        }

        return found;
    }

    /// <summary>A book as JSON.</summary>
    public ReadOnlySpan<byte> JsonOf(int position) => contents.Value.Json[position];

    /// <summary>What a page that ends with a book is continued by.</summary>
    public string CursorOf(int position) => contents.Value.SortKeys[position];

    /// <summary>The position that follows a cursor, also when its book is gone.</summary>
    public int After(string cursor)
    {
        var at = Array.BinarySearch(contents.Value.SortKeys, cursor, StringComparer.Ordinal);
        return at < 0 ? ~at : at + 1;
    }

    private sealed class Contents
    {
        private readonly string[] terms;
        private readonly int[][] postings;
        private readonly int[] all;
        private readonly Dictionary<string, int> byIsbn = new(StringComparer.Ordinal);

        public Contents(IEnumerable<BookEntry> entries)
        {
            var sorted = entries
                .Select(book => (Key: $"{SearchTerms.Fold(book.Details.Title)}\n{book.Id}", Book: book))
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .ToArray();
            SortKeys = [.. sorted.Select(entry => entry.Key)];
            Json = [.. sorted.Select(entry => JsonSerializer.SerializeToUtf8Bytes(BookSummary.Of(entry.Book), LendingJson.Default.BookSummary))];
            all = [.. Enumerable.Range(0, sorted.Length)];
            var lists = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
            for (var position = 0; position < sorted.Length; position++)
            {
                Add(sorted[position].Book, position, lists);
            }

            terms = [.. lists.Keys];
            postings = [.. lists.Values.Select(list => list.ToArray())];
        }

        public string[] SortKeys { get; }

        public byte[][] Json { get; }

        public int[] Search(string query)
        {
            if (Isbn.TryRead(query, out var isbn))
            {
                return byIsbn.TryGetValue(isbn, out var position) ? [position] : [];
            }

            var words = SearchTerms.Split(query);
            if (words.Count == 0)
            {
                return string.IsNullOrWhiteSpace(query) ? all : [];
            }

            int[]? found = null;
            foreach (var word in words)
            {
                var matching = WithPrefix(word);
                found = found is null ? matching : Intersect(found, matching);
            }

            return found!;
        }

        private static int[] Intersect(int[] left, int[] right)
        {
            var both = new List<int>(Math.Min(left.Length, right.Length));
            for (int i = 0, j = 0; i < left.Length && j < right.Length;)
            {
                if (left[i] == right[j])
                {
                    both.Add(left[i]);
                    i++;
                    j++;
                }
                else if (left[i] < right[j])
                {
                    i++;
                }
                else
                {
                    j++;
                }
            }

            return [.. both];
        }

        private void Add(BookEntry book, int position, SortedDictionary<string, List<int>> lists)
        {
            if (book.Details.Isbn is { } isbn)
            {
                byIsbn[isbn] = position;
            }

            var keys = book.Details.Authors.Prepend(book.Details.Title).SelectMany(SearchTerms.Split).SelectMany(SearchTerms.Keys);
            foreach (var key in keys.ToHashSet(StringComparer.Ordinal))
            {
                if (!lists.TryGetValue(key, out var list))
                {
                    lists[key] = list = [];
                }

                list.Add(position);
            }
        }

        private int[] WithPrefix(string word)
        {
            var first = Array.BinarySearch(terms, word, StringComparer.Ordinal);
            first = first < 0 ? ~first : first;
            var end = first;
            while (end < terms.Length && terms[end].StartsWith(word, StringComparison.Ordinal))
            {
                end++;
            }

            if (end - first == 1)
            {
                return postings[first];
            }

            var union = new SortedSet<int>();
            for (var term = first; term < end; term++)
            {
                union.UnionWith(postings[term]);
            }

            return [.. union];
        }
    }
}
