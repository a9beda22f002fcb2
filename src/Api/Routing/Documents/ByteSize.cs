using System.Globalization;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>A number of bytes as documents write it: a whole number and <c>B</c>, <c>KiB</c>, <c>MiB</c> or <c>GiB</c>.</summary>
internal static class ByteSize
{
    /// <summary>The form, as messages name it.</summary>
    public const string Expected = "a size such as 100B, 16KiB, 1MiB or 2GiB";

    private static readonly (string Unit, long Length)[] Units =
    [
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("KiB", 1L << 10),
        ("B", 1),
    ];

    public static long? Parse(string text)
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

    /// <summary>Writes a size in the largest unit that it is a whole number of.</summary>
    public static string Format(long bytes)
    {
        var (unit, length) = bytes == 0 ? Units[^1] : Array.Find(Units, unit => bytes % unit.Length == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / length}{unit}");
    }
}
