using System.Collections.Immutable;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>The policies' fields of a route document, in the order they are written.</summary>
internal static class RouteFields
{
    public static readonly ImmutableArray<IRouteField> All =
    [
        new AuthField(),
        new BalanceField(),
        new CanaryField(),
        new TimeoutField(),
        new TimeoutsField(),
        new RetryField(),
        new HedgeField(),
        new CircuitField(),
        new OutlierField(),
        new HealthField(),
        new BulkheadField(),
        new FallbackField(),
        new LimitField(),
        new LogField(),
        new AffinityField(),
        new MirrorField(),
        new CacheField(),
        new InjectField(),
        new CorsField(),
        new CompressionField(),
        new RequestField(),
        new AddressField(),
        new MaintenanceField(),
    ];

    private static readonly ImmutableArray<string> Names = [.. All.Select(field => field.Name)];

    /// <summary>The names of all fields a route document can have.</summary>
    public static string[] With(params ReadOnlySpan<string> others) => [.. others, .. Names];

    /// <summary>The route with the policies that its document names.</summary>
    public static RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        foreach (var field in All)
        {
            if (node.Field(field.Name) is { } value)
            {
                route = field.Read(route, value, path.Length == 0 ? field.Name : $"{path}.{field.Name}", errors);
            }
        }

        return route;
    }

    /// <summary>The policies that are not as by default.</summary>
    public static IEnumerable<(string Name, DocumentNode? Value)> Write(RouteDocument route) =>
        All.Select(field => (field.Name, field.Write(route)));
}
