using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Grains.Routing;

/// <summary>A route's path, read: its segments in order.</summary>
/// <param name="Segments">The segments; none for <c>/</c>.</param>
public sealed record PathPattern(ImmutableArray<PathSegment> Segments)
{
    /// <summary>The longest path a route may have, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>The most segments a route's path may have, which also bounds how deep matching recurses.</summary>
    public const int MaxSegments = 64;

    /// <summary>
    /// The path with the names of its parameters left out: equal for two patterns that take the same paths.
    /// </summary>
    public string Shape => "/" + string.Join('/', Segments.Select(segment => segment.Shape));

    /// <summary>Reads a path, or says what is wrong with it.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out PathPattern? pattern,
        [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        error = Refuse(text);
        if (error is not null)
        {
            return false;
        }

        var segments = ImmutableArray.CreateBuilder<PathSegment>();
        foreach (var part in text == "/" ? [] : text[1..].Split('/'))
        {
            error = PathSegment.Refuse(part, segments);
            if (error is not null)
            {
                return false;
            }

            segments.Add(PathSegment.Of(part));
        }

        pattern = new PathPattern(segments.ToImmutable());
        return true;
    }

    private static string? Refuse(string text) => text switch
    {
        "" => "must not be empty; '/' is the root, '/{**rest}' takes every path",
        _ when text.Length > MaxLength => $"must not be longer than {MaxLength} characters",
        _ when text[0] != '/' => "must start with '/'",
        "/" => null,
        _ when text[^1] == '/' => "must not end with '/'; a route takes its path with and without a slash at the end",
        _ when text.AsSpan().Count('/') > MaxSegments => $"must not have more than {MaxSegments} segments",
        _ => null,
    };
}
