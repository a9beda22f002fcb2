using System.Buffers;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>Which names of applications and instances are usable.</summary>
internal static class EurekaNames
{
    private const int LongestApp = 128;
    private const int LongestId = 512;

    private static readonly SearchValues<char> AppCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Why the names cannot be used, or null when they can.</summary>
    public static string? ReasonAgainst(string app, string id)
    {
        if (app.Length is 0 or > LongestApp || app.AsSpan().ContainsAnyExcept(AppCharacters))
        {
            return $"Invalid appName, expecting at most {LongestApp} letters, digits, '-', '_' and '.'";
        }

        return id.Length is 0 or > LongestId || HasUnprintable(id)
            ? $"Invalid instanceId, expecting at most {LongestId} printable characters"
            : null;
    }

    // Control characters, and surrogates: half a pair cannot be written back.
    private static bool HasUnprintable(ReadOnlySpan<char> id) =>
        id.ContainsAnyInRange('\0', '\u001f') || id.ContainsAnyInRange('\u007f', '\u009f') || id.ContainsAnyInRange('\ud800', '\udfff');
}
