using HostLookup = System.Collections.Generic.Dictionary<string, Gatehouse.Api.Routing.MethodRoutes>
    .AlternateLookup<System.ReadOnlySpan<char>>;

namespace Gatehouse.Api.Routing;

/// <summary>The routes of one path, by host: exact names, then the longest wildcard, then those of any host.</summary>
internal sealed class HostRoutes
{
    // RFC 1035's limit; a longer name has no exact match, and bounds the look-ups that wildcards cost.
    private const int MaxHostLength = 253;

    private readonly CompiledRoute[] routes;
    private readonly HostLookup? exact;
    private readonly HostLookup? wildcards;
    private readonly MethodRoutes? any;

    private HostRoutes(CompiledRoute[] routes)
    {
        this.routes = routes;
        var anyHost = Array.FindAll(routes, route => route.Document.Match.Hosts.IsEmpty);
        any = anyHost.Length == 0 ? null : new MethodRoutes(anyHost);
        if (anyHost.Length == routes.Length)
        {
            return;
        }

        var byHost = routes
            .SelectMany(route => route.Document.Match.Hosts.Distinct(StringComparer.OrdinalIgnoreCase), (route, host) => (route, host))
            .ToLookup(pair => pair.host.StartsWith("*.", StringComparison.Ordinal));
        exact = Lookup(byHost[false]);
        wildcards = Lookup(byHost[true].Select(pair => (pair.route, pair.host[2..])));
    }

    /// <summary>The routes with some taken out and others added; null when none are left.</summary>
    public static HostRoutes? With(HostRoutes? known, List<RouteEdit> edits)
    {
        var next = (known?.routes ?? []).ToHashSet();
        foreach (var edit in edits)
        {
            _ = edit.Added ? next.Add(edit.Route) : next.Remove(edit.Route);
        }

        return next.Count == 0 ? null : new HostRoutes([.. next]);
    }

    public CompiledRoute? Select(HttpRequest request) =>
        (exact is null && wildcards is null ? null : SelectByHost(request)) ?? any?.Select(request);

    private static HostLookup? Lookup(IEnumerable<(CompiledRoute Route, string Host)> hosted)
    {
        var hosts = hosted
            .GroupBy(pair => pair.Host, pair => pair.Route, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => new MethodRoutes([.. group]), StringComparer.OrdinalIgnoreCase);
        return hosts.Count == 0 ? null : hosts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private CompiledRoute? SelectByHost(HttpRequest request)
    {
        var host = NameOf(request.Host.Value);
        if (host.Length is 0 or > MaxHostLength)
        {
            return null;
        }

        if (exact is { } names && names.TryGetValue(host, out var named) && named.Select(request) is { } route)
        {
            return route;
        }

        return wildcards is { } suffixes ? SelectByWildcard(suffixes, host, request) : null;
    }

    private static CompiledRoute? SelectByWildcard(HostLookup suffixes, ReadOnlySpan<char> host, HttpRequest request)
    {
        for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.'))
        {
            host = host[(dot + 1)..];
            if (suffixes.TryGetValue(host, out var named) && named.Select(request) is { } route)
            {
                return route;
            }
        }

        return null;
    }

    // HostString.Host makes a new string whenever there is a port.
    private static ReadOnlySpan<char> NameOf(string? host)
    {
        var name = host.AsSpan();
        var colon = name.LastIndexOf(':');
        if (colon >= 0)
        {
            name = name[..colon];
        }

        return name.EndsWith(".") ? name[..^1] : name;
    }
}
