namespace Gatehouse.Grains.Routing;

/// <summary>Who owns a route: only the way it came in by can change it.</summary>
[GenerateSerializer, Alias("gatehouse.routing.source")]
public enum RouteSource
{
    /// <summary>Put through the management API.</summary>
    Api = 0,

    /// <summary>Brought by the routes file.</summary>
    File = 1,
}
