using System.Collections.Immutable;

namespace Gatehouse.Api.Routing;

/// <summary>The routes of one path and one host, by method, each list in the order of precedence.</summary>
internal sealed class MethodRoutes
{
    private readonly Dictionary<string, ImmutableArray<CompiledRoute>>? named;
    private readonly ImmutableArray<CompiledRoute> others;

    public MethodRoutes(CompiledRoute[] routes)
    {
        others = [.. Array.FindAll(routes, route => route.Document.Match.Methods.IsEmpty).Order(Precedence(""))];
        if (others.Length == routes.Length)
        {
            return;
        }

        var methods = routes.SelectMany(route => route.Document.Match.Methods).ToHashSet(StringComparer.Ordinal);
        if (methods.Contains(HttpMethods.Get))
        {
            methods.Add(HttpMethods.Head);
            methods.Add(HttpMethods.Connect);
        }

        named = methods.ToDictionary(
            method => method,
            method => routes.Where(route => Fit(route, method) > 0).Order(Precedence(method)).ToImmutableArray(),
            StringComparer.Ordinal);
    }

    public CompiledRoute? Select(HttpRequest request)
    {
        if (named is null || !named.TryGetValue(request.Method, out var candidates))
        {
            candidates = others;
        }

        foreach (var route in candidates)
        {
            if (route.Conditions.Hold(request))
            {
                return route;
            }
        }

        return null;
    }

    private static Comparer<CompiledRoute> Precedence(string method) => Comparer<CompiledRoute>.Create((left, right) =>
    {
        var order = right.Conditions.Count.CompareTo(left.Conditions.Count);
        order = order != 0 ? order : Fit(right, method).CompareTo(Fit(left, method));
        return order != 0 ? order : string.CompareOrdinal(left.Id, right.Id);
    });

    // RFC 9110, 9.3.2: a server of GET answers HEAD too, unless a route names HEAD itself. RFC 8441, 5: what a WebSocket
    // asks for by GET in HTTP/1.1, it asks for by CONNECT in HTTP/2.
    private static int Fit(CompiledRoute route, string method)
    {
        var methods = route.Document.Match.Methods;
        return methods switch
        {
            [] => 1,
            _ when methods.Contains(method) => 3,
            _ when (method == HttpMethods.Head || method == HttpMethods.Connect) && methods.Contains(HttpMethods.Get) => 2,
            _ => 0,
        };
    }
}
