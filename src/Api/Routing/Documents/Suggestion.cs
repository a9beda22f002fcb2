namespace Gatehouse.Api.Routing.Documents;

/// <summary>Finds the name that was meant.</summary>
internal static class Suggestion
{
    private const int MaxLength = 40;

    /// <summary>The known name closest to a wrong one, as the end of a message; empty when none is close.</summary>
    public static string For(string wrong, IEnumerable<string> known)
    {
        if (wrong.Length > MaxLength)
        {
            return "";
        }

        var (name, distance) = known
            .Select(name => (name, Distance: Distance(Bare(wrong), Bare(name))))
            .MinBy(pair => pair.Distance);
        return distance <= Math.Max(1, name.Length / 3) ? $"; did you mean '{name}'?" : "";
    }

    // remove_prefix and Remove-Prefix are meant to be removePrefix.
    private static string Bare(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Levenshtein's distance, a row at a time.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
