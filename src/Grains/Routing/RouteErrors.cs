using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>Gathers what is wrong with a document, all of it up to a sane number, below one path.</summary>
internal sealed class RouteErrors(ImmutableArray<RouteError>.Builder found, string prefix = "")
{
    private const int MaxErrors = 1000;
    private const int MaxQuote = 128;

    /// <summary>A text of the document as messages and paths quote it: not all of a long one.</summary>
    public static string Brief(string text) => text.Length <= MaxQuote ? text : text[..MaxQuote] + "…";

    public void Add(string path, string message)
    {
        if (found.Count < MaxErrors)
        {
            found.Add(new RouteError(prefix + path, message));
        }
    }

    /// <summary>Adds the message unless the condition holds.</summary>
    public void Require(bool condition, string path, string message)
    {
        if (!condition)
        {
            Add(path, message);
        }
    }

    /// <summary>Requires that no two items have the same key; names the later one.</summary>
    public void RequireDistinct(IEnumerable<string> items, StringComparer comparer, Func<int, string> path)
    {
        var seen = new HashSet<string>(comparer);
        var index = 0;
        foreach (var item in items)
        {
            if (!seen.Add(item))
            {
                Add(path(index), $"names '{Brief(item)}' again");
            }

            index++;
        }
    }

    /// <summary>Requires that a list is not longer than a limit; its items are only worth checking when it is not.</summary>
    public bool RequireAtMost(int limit, int count, string path)
    {
        Require(count <= limit, path, $"must not have more than {limit} items; it has {count}");
        return count <= limit;
    }
}
