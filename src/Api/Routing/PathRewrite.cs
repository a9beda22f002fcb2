namespace Gatehouse.Api.Routing;

/// <summary>Takes leading segments off a request's path and puts others before it.</summary>
/// <param name="RemovePrefix">Whole segments, compared case-sensitively; a path without them stays as it is.</param>
/// <param name="AddPrefix">Whole segments put before what is left.</param>
public sealed record PathRewrite(string RemovePrefix, string AddPrefix)
{
    /// <summary>The path to call upstream; never empty. Decoded, as the request's path is.</summary>
    public PathString Apply(PathString path)
    {
        var value = path.Value ?? "";
        var kept = Removes(value) ? value[RemovePrefix.Length..] : value;
        if (AddPrefix.Length > 0)
        {
            kept = AddPrefix + kept;
        }

        return kept.Length == 0 ? new PathString("/") : new PathString(kept);
    }

    private bool Removes(string path) =>
        RemovePrefix.Length > 0
        && path.StartsWith(RemovePrefix, StringComparison.Ordinal)
        && (path.Length == RemovePrefix.Length || path[RemovePrefix.Length] == '/');
}
