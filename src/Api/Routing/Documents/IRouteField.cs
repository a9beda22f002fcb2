using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>
/// One policy's field of a route document: what it is, how it is read and written. What it may hold is <see cref="RouteValidation"/>'s.
/// A policy adds its field to <see cref="RouteFields.All"/>, and nothing else of the documents' code changes.
/// </summary>
internal interface IRouteField
{
    /// <summary>The field's name.</summary>
    string Name { get; }

    /// <summary>What the field means and may hold, for the reference page and the JSON Schema.</summary>
    FieldSchema Schema { get; }

    /// <summary>The route with the field's value; what is wrong with it is added to <paramref name="errors"/>.</summary>
    /// <param name="route">The route so far.</param>
    /// <param name="node">The field's value, never null.</param>
    /// <param name="path">The field's path, for errors.</param>
    /// <param name="errors">Where errors go.</param>
    RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors);

    /// <summary>The field's value; null when it is as by default.</summary>
    DocumentNode? Write(RouteDocument route);
}
