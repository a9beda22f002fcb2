namespace Gatehouse.Grains.Routing;

/// <summary>What is wrong with one field of a route document.</summary>
/// <param name="Path">The field, such as <c>match.path</c>, or <c>routes[2].match.path</c> in a set.</param>
/// <param name="Message">What is wrong and what is expected, to be read after the field's name.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.error")]
public sealed record RouteError([property: Id(0)] string Path, [property: Id(1)] string Message);
