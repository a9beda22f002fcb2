namespace Gatehouse.Grains.Caching;

/// <summary>
/// What cached responses are invalidated by, as keys of the <c>cache</c> view: all, those of a route, those with a tag, those
/// whose path (or host and path) has a prefix.
/// </summary>
public static class CacheTarget
{
    /// <summary>Everything.</summary>
    public const string All = "all";

    /// <summary>What the keys of prefixes begin with.</summary>
    public const string PrefixMark = "prefix:";

    /// <summary>The responses of a route.</summary>
    public static string Route(string id) => $"route:{id}";

    /// <summary>The responses with a tag.</summary>
    public static string Tag(string tag) => $"tag:{tag}";

    /// <summary>The responses whose decoded path starts so (<c>/books/</c>), or whose host and path do (<c>api.example.org/books/</c>).</summary>
    public static string Prefix(string prefix) => PrefixMark + prefix;
}
