using System.Collections.Immutable;
using System.Text;

namespace Gatehouse.Grains.Routing;

/// <summary>A text that is equal for two matches that take exactly the same requests, however they are written.</summary>
internal static class MatchKey
{
    public static string Of(RouteMatch match)
    {
        var key = new StringBuilder();
        Append(key, [PathPattern.TryParse(match.Path, out var pattern, out _) ? pattern.Shape : match.Path]);
        Append(key, Sorted(match.Hosts.Select(host => host.ToLowerInvariant())));
        // A route of GET takes HEAD too.
        Append(key, Sorted(match.Methods.Contains("GET") ? match.Methods.Append("HEAD") : match.Methods));
        AppendConditions(key, match.Headers, name => name.ToLowerInvariant());
        AppendConditions(key, match.Query, name => name);
        return key.ToString();
    }

    private static void AppendConditions(StringBuilder key, ImmutableArray<ValueMatch> conditions, Func<string, string> nameOf)
    {
        key.Append(conditions.Length).Append(';');
        foreach (var condition in conditions.OrderBy(condition => nameOf(condition.Name), StringComparer.Ordinal))
        {
            Append(key, [nameOf(condition.Name)]);
            Append(key, Sorted(condition.Values));
        }
    }

    // Lengths go first, so that no text can be taken for the end of a list or another item.
    private static void Append(StringBuilder key, string[] items)
    {
        key.Append(items.Length).Append(';');
        foreach (var item in items)
        {
            key.Append(item.Length).Append(':').Append(item);
        }
    }

    private static string[] Sorted(IEnumerable<string> items) =>
        [.. items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
