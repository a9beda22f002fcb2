using System.Collections.Immutable;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing;

/// <summary>
/// A route made ready for requests. Immutable; the same object stays in force from table to table until its document
/// changes, so that a pipeline may key its own state by it.
/// </summary>
public sealed class CompiledRoute
{
    private static readonly TimeSpan DefaultTotal = TimeSpan.FromSeconds(30);

    /// <summary>Compiles a document that is valid (<c>RouteValidation</c>).</summary>
    /// <exception cref="FormatException">The path is none.</exception>
    public CompiledRoute(RouteDocument document)
    {
        if (!PathPattern.TryParse(document.Match.Path, out var pattern, out var error))
        {
            throw new FormatException($"The path of route '{document.Id}' {error}.");
        }

        Document = document;
        Pattern = pattern;
        Conditions = new RequestConditions(document.Match);
        Target = new CompiledTarget(document.To);
        Path = new PathRewrite(document.Rewrite.RemovePrefix, document.Rewrite.AddPrefix);
        (PerTry, Total) = TimesOf(document);
        SetHeaders = [.. document.Rewrite.SetHeaders.OrderBy(header => header.Key, StringComparer.Ordinal)];
    }

    /// <summary>The route as its author wrote it.</summary>
    public RouteDocument Document { get; }

    /// <summary>The route's id.</summary>
    public string Id => Document.Id;

    /// <summary>Where requests go.</summary>
    public CompiledTarget Target { get; }

    /// <summary>How the path changes on the way.</summary>
    public PathRewrite Path { get; }

    /// <summary>Request headers to set, replacing the client's; after <see cref="RemoveHeaders"/>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> SetHeaders { get; }

    /// <summary>Request headers to take out.</summary>
    public ImmutableArray<string> RemoveHeaders => Document.Rewrite.RemoveHeaders;

    /// <summary>How an instance is chosen.</summary>
    public BalanceRule Balance => Document.Balance;

    /// <summary>How long one attempt may take until the response begins; not longer than <see cref="Total"/>.</summary>
    public TimeSpan PerTry { get; }

    /// <summary>How long all attempts may take together.</summary>
    public TimeSpan Total { get; }

    /// <summary>Who may call.</summary>
    public RouteAuth Auth => Document.Auth ?? RouteAuth.Authenticated;

    internal PathPattern Pattern { get; }

    internal RequestConditions Conditions { get; }

    private static (TimeSpan PerTry, TimeSpan Total) TimesOf(RouteDocument document)
    {
        var said = document.Timeouts;
        var perTry = said is null
            ? document.Timeout
            : said.PerTry ?? Shorter(RouteDocument.DefaultTimeout, said.Total ?? DefaultTotal);
        return (perTry, said?.Total ?? (perTry > DefaultTotal ? perTry : DefaultTotal));
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
