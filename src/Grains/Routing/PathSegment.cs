namespace Gatehouse.Grains.Routing;

/// <summary>One segment of a route's path.</summary>
/// <param name="Kind">What it takes.</param>
/// <param name="Text">The literal text, or the parameter's name.</param>
public readonly record struct PathSegment(PathSegmentKind Kind, string Text)
{
    /// <summary>The segment without its parameter's name.</summary>
    internal string Shape => Kind switch
    {
        PathSegmentKind.Literal => Text,
        PathSegmentKind.Parameter => "{}",
        _ => "{**}",
    };

    /// <summary>Reads a segment that <see cref="Refuse"/> has nothing against.</summary>
    internal static PathSegment Of(string part) => part switch
    {
        _ when part[0] != '{' => new(PathSegmentKind.Literal, part),
        _ when IsRest(part) => new(PathSegmentKind.Rest, part[3..^1]),
        _ => new(PathSegmentKind.Parameter, part[1..^1]),
    };

    /// <summary>What is wrong with a segment that follows others, or null.</summary>
    internal static string? Refuse(string part, IReadOnlyList<PathSegment> before)
    {
        if (before.Count > 0 && before[^1].Kind == PathSegmentKind.Rest)
        {
            return $"must not go on after '{{**{before[^1].Text}}}', which takes the rest of the path";
        }

        if (part.Length == 0)
        {
            return "must not have an empty segment ('//')";
        }

        return part[0] == '{' && part[^1] == '}' ? RefuseParameter(part, before) : RefuseLiteral(part);
    }

    private static bool IsRest(string part) => part.StartsWith("{**", StringComparison.Ordinal);

    private static string? RefuseParameter(string part, IReadOnlyList<PathSegment> before)
    {
        var name = IsRest(part) ? part[3..^1] : part[1..^1];
        if (!Syntax.IsParameterName(name))
        {
            return $"has the segment '{part}': a parameter is written {{name}}, or {{**name}} for the rest of the path, "
                + "and its name is 1 to 64 letters, digits, '-' or '_'";
        }

        return before.Any(segment => segment.Kind != PathSegmentKind.Literal && segment.Text == name)
            ? $"names the parameter '{name}' twice"
            : null;
    }

    private static string? RefuseLiteral(string part)
    {
        if (part is "." or "..")
        {
            return $"must not have the segment '{part}', which no request's path has";
        }

        foreach (var c in part)
        {
            var error = c switch
            {
                '{' or '}' => $"has the segment '{part}': a parameter is a whole segment",
                '*' => "must not have '*'; '{**rest}' takes the rest of the path",
                '%' => "must not have '%'; write the characters themselves, as they are after decoding",
                '?' or '#' => $"must not have '{c}'; conditions on the query go under match.query",
                '\\' => "must not have '\\'",
                _ when char.IsControl(c) || char.IsSurrogate(c) && !IsWellFormed(part) => "must not have control characters",
                _ => null,
            };
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static bool IsWellFormed(string part) => part.EnumerateRunes().All(rune => rune.Value != 0xFFFD);
}

/// <summary>What a segment of a route's path takes; a smaller number is the more specific one.</summary>
public enum PathSegmentKind
{
    /// <summary>One segment with exactly this text.</summary>
    Literal = 0,

    /// <summary>Any one segment that is not empty.</summary>
    Parameter = 1,

    /// <summary>All that is left of the path, also nothing.</summary>
    Rest = 2,
}
