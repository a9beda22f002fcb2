namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>How a route changes the path on the way, done on the path as it was sent.</summary>
internal sealed class TargetPath
{
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string removePrefix;
    private readonly int removedSegments;
    private readonly string addPrefix;
    private readonly StringComparison comparison;
    private string lastPrefix = "";

    /// <summary>Makes the rule.</summary>
    /// <param name="removePrefix">Whole segments, decoded; a path without them stays as it is.</param>
    /// <param name="addPrefix">Whole segments, decoded, put before what is left.</param>
    /// <param name="comparison">How the prefix is compared.</param>
    public TargetPath(string removePrefix, string addPrefix, StringComparison comparison = StringComparison.Ordinal)
    {
        this.removePrefix = removePrefix;
        this.comparison = comparison;
        removedSegments = removePrefix.AsSpan().Count('/');
        this.addPrefix = new PathString(addPrefix).ToUriComponent();
    }

    /// <summary>The address to call.</summary>
    /// <param name="destination">Scheme, host and port of the instance.</param>
    /// <param name="path">The request's decoded path, that the route table has matched.</param>
    /// <param name="target">The request's target as sent (<see cref="RequestTarget"/>).</param>
    /// <param name="removed">What was taken off, as sent; empty when nothing was.</param>
    public Uri Rewrite(string destination, PathString path, string target, out string removed)
    {
        var end = Removes(path.Value) ? EndOfSegments(target) : 0;
        removed = Removed(target.AsSpan(0, end));
        var kept = target.AsSpan(end);
        var slash = (kept.IsEmpty || kept[0] == '?') && addPrefix.Length == 0 ? "/" : "";
        var host = destination.EndsWith('/') ? destination.AsSpan(0, destination.Length - 1) : destination;

        // The path is what the client sent, letter by letter: neither decoded nor resolved again on the way.
        return new Uri(slash.Length == 0 ? string.Concat(host, addPrefix, kept) : string.Concat(host, slash, kept), AsGiven);
    }

    private bool Removes(string? path) =>
        removePrefix.Length > 0
        && path is not null
        && path.StartsWith(removePrefix, comparison)
        && (path.Length == removePrefix.Length || path[removePrefix.Length] == '/');

    // An encoded slash is part of a segment in either form of the path, so both have the same segments.
    private int EndOfSegments(string target)
    {
        var path = RequestTarget.PathOf(target);
        var end = 0;
        for (var segment = 0; segment < removedSegments && end < path.Length; segment++)
        {
            var next = path[(end + 1)..].IndexOf('/');
            end = next < 0 ? path.Length : end + 1 + next;
        }

        return end;
    }

    // Nearly always the same text as last time.
    private string Removed(ReadOnlySpan<char> prefix)
    {
        if (prefix.IsEmpty)
        {
            return "";
        }

        var last = Volatile.Read(ref lastPrefix);
        if (!prefix.SequenceEqual(last))
        {
            last = prefix.ToString();
            Volatile.Write(ref lastPrefix, last);
        }

        return last;
    }
}
