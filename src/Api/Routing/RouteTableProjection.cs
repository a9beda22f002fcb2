using Gatehouse.Api.Views;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Routing;

/// <summary>Turns the <c>routes</c> view into the table that requests are matched by.</summary>
public sealed partial class RouteTableProjection(ILogger<RouteTableProjection> logger) : IViewProjection<RouteTable>
{
    /// <inheritdoc/>
    public RouteTable Empty => RouteTable.Empty;

    /// <inheritdoc/>
    public RouteTable Apply(RouteTable current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var known = replace ? Empty : current;
        return known.With(
            version,
            [.. changes.Select(change => (change.Key, change.Value is RouteDocument document ? Compile(document) : null))]);
    }

    // What the book accepted is valid; a newer version of it may accept what this one cannot read.
    private CompiledRoute? Compile(RouteDocument document)
    {
        try
        {
            return new CompiledRoute(document);
        }
        catch (FormatException e)
        {
            Log.CannotCompile(logger, document.Id, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Route {Route} cannot be read by this version and is left out: {Reason}")]
        public static partial void CannotCompile(ILogger logger, string route, string reason);
    }
}
