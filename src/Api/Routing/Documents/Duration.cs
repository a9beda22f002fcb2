using System.Globalization;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>A span of time as documents write it: a whole number and <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>.</summary>
internal static class Duration
{
    /// <summary>What a message says it must be.</summary>
    public const string Expected = "a duration such as 10s, 250ms, 1m or 1h";

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    public static TimeSpan? Parse(string text)
    {
        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan()[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return length * count;
            }
        }

        return null;
    }

    /// <summary>Writes a span in the largest unit that it is a whole number of.</summary>
    public static string Format(TimeSpan span)
    {
        var (unit, length) = Units.Last(unit => span.Ticks % unit.Length.Ticks == 0 || unit.Length == Units[0].Length);
        return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / length.Ticks}{unit}");
    }
}
