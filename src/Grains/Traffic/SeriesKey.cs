namespace Gatehouse.Grains.Traffic;

/// <summary>What calls are counted by.</summary>
[GenerateSerializer, Alias("gatehouse.traffic.kind")]
public enum SeriesKind : byte
{
    /// <summary>Clients' requests by route; every request is in one.</summary>
    Route = 0,

    /// <summary>Attempts by service.</summary>
    Service = 1,

    /// <summary>Attempts by instance, <c>SERVICE/id</c>.</summary>
    Instance = 2,

    /// <summary>Clients' requests by who sent them, when that is known.</summary>
    Consumer = 3,
}

/// <summary>One thing whose calls are counted.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Name">Its name.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.series")]
public readonly record struct SeriesKey([property: Id(0)] SeriesKind Kind, [property: Id(1)] string Name)
{
    /// <summary>The name that calls are counted under when there are too many names.</summary>
    public const string Other = "(other)";

    /// <summary>The route of requests that no route takes.</summary>
    public const string Unrouted = "(none)";

    /// <summary>The number of kinds.</summary>
    public const int Kinds = 4;
}
