using System.Buffers;
using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>The rules of <see cref="RouteAuth"/>.</summary>
internal static class AuthRules
{
    private const int MaxItems = 50;
    private const int MaxLength = 128;

    // RFC 6749, appendix A.4: visible ASCII without quotation mark and backslash.
    private static readonly SearchValues<char> ScopeCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    public static void Check(RouteAuth? auth, RouteErrors errors)
    {
        if (auth is not null)
        {
            Check(auth.Scopes, "auth.scopes", errors);
            Check(auth.Roles, "auth.roles", errors);
            Check(auth.Clients, "auth.clients", errors);
        }
    }

    private static void Check(ImmutableArray<string> items, string path, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxItems, items.Length, path))
        {
            return;
        }

        for (var i = 0; i < items.Length; i++)
        {
            var fits = items[i].Length is > 0 and <= MaxLength && !items[i].AsSpan().ContainsAnyExcept(ScopeCharacters);
            errors.Require(fits, $"{path}[{i}]", $"must be 1 to {MaxLength} visible ASCII characters without spaces, '\"' and '\\'");
        }

        errors.RequireDistinct(items, StringComparer.Ordinal, i => $"{path}[{i}]");
    }
}
