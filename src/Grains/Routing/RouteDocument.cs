using System.Collections.Immutable;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// A route as its author writes it, in YAML or JSON: which requests, to which service, rewritten and balanced how.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.document")]
public sealed record RouteDocument
{
    /// <summary>The <see cref="Timeout"/> of a route that does not say it.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The route's id, unique: 1 to 128 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Which requests the route takes.</summary>
    [Id(1)] public required RouteMatch Match { get; init; }

    /// <summary>Where they go.</summary>
    [Id(2)] public required RouteTarget To { get; init; }

    /// <summary>What is changed on the way.</summary>
    [Id(3)] public RouteRewrite Rewrite { get; init; } = new();

    /// <summary>How an instance is chosen.</summary>
    [Id(4)] public BalanceRule Balance { get; init; } = BalanceRule.RoundRobin;

    /// <summary>What there is to say of <see cref="Balance"/>.</summary>
    [Id(26)] public BalanceDetails BalanceDetails { get; init; } = new();

    /// <summary>That the sides of a split keep their requests; null when each request goes by chance.</summary>
    [Id(13)] public RouteCanary? Canary { get; init; }

    /// <summary>Short for <see cref="RouteTimeouts.PerTry"/>: how long an attempt may take until the response begins; 1 ms to 1 h.</summary>
    [Id(5)] public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How long attempts may take, one and all; null for <see cref="Timeout"/>.</summary>
    [Id(6)] public RouteTimeouts? Timeouts { get; init; }

    /// <summary>When a request is sent again.</summary>
    [Id(7)] public RouteRetry Retry { get; init; } = new();

    /// <summary>Whether a late request is sent to a second instance beside the first.</summary>
    [Id(8)] public RouteHedge? Hedge { get; init; }

    /// <summary>How many requests are under way at a time.</summary>
    [Id(10)] public RouteBulkhead Bulkhead { get; init; } = new();

    /// <summary>What answers when the service does not.</summary>
    [Id(14)] public RouteFallback? Fallback { get; init; }

    /// <summary>Who may call; null when the document does not say: <see cref="RouteAuth.Authenticated"/>.</summary>
    [Id(30)] public RouteAuth? Auth { get; init; }

    /// <summary>When circuits open; null for <see cref="RouteCircuit.Default"/>.</summary>
    [Id(9)] public RouteCircuit? Circuit { get; init; }

    /// <summary>How many requests are admitted; all of them must admit one.</summary>
    [Id(12)] public ImmutableArray<RouteLimit> Limits { get; init; } = [];

    /// <summary>When instances that do worse than the others are passed over; null for never.</summary>
    [Id(25)] public RouteOutliers? Outliers { get; init; }

    /// <summary>What the access log tells of its requests; null for what it tells of all.</summary>
    [Id(24)] public RouteLog? Log { get; init; }

    /// <summary>That a client keeps its instance.</summary>
    [Id(11)] public RouteAffinity? Affinity { get; init; }

    /// <summary>That a share of the requests is copied to another service.</summary>
    [Id(15)] public RouteMirror? Mirror { get; init; }

    /// <summary>That responses are kept and used again.</summary>
    [Id(16)] public RouteCache? Cache { get; init; }

    /// <summary>How the instances of its service are asked whether they are well; null for not at all.</summary>
    [Id(17)] public RouteHealth? Health { get; init; }

    /// <summary>Faults that are made up.</summary>
    [Id(18)] public FaultInjection? Inject { get; init; }

    /// <summary>Which pages of other origins may call the route.</summary>
    [Id(19)] public RouteCors? Cors { get; init; }

    /// <summary>Whether and how responses are compressed.</summary>
    [Id(20)] public RouteCompression? Compression { get; init; }

    /// <summary>How large requests may be.</summary>
    [Id(21)] public RequestLimits? RequestLimits { get; init; }

    /// <summary>From which addresses requests are taken.</summary>
    [Id(22)] public RouteAddresses? Addresses { get; init; }

    /// <summary>That the route is out of service.</summary>
    [Id(23)] public RouteMaintenance? Maintenance { get; init; }
}

/// <summary>The conditions of a route; all of them must hold. An empty list sets no condition.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.match")]
public sealed record RouteMatch
{
    /// <summary>Host names, without port; <c>*.example.org</c> takes every name below, at any depth.</summary>
    [Id(0)] public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>
    /// The path: literal segments, <c>{name}</c> for one segment, <c>{**name}</c> at the end for the rest, also empty.
    /// Matched case-sensitively on the decoded path.
    /// </summary>
    [Id(1)] public required string Path { get; init; }

    /// <summary>HTTP methods.</summary>
    [Id(2)] public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Conditions on request headers.</summary>
    [Id(3)] public ImmutableArray<ValueMatch> Headers { get; init; } = [];

    /// <summary>Conditions on query parameters.</summary>
    [Id(4)] public ImmutableArray<ValueMatch> Query { get; init; } = [];
}

/// <summary>A condition on a header or a query parameter.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.value-match")]
public sealed record ValueMatch
{
    /// <summary>The header's name (any case) or the parameter's (exact).</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The accepted values, compared exactly; empty when presence is enough.</summary>
    [Id(1)] public ImmutableArray<string> Values { get; init; } = [];
}

/// <summary>Where a route's requests go: one service, or several by weight.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.target")]
public sealed record RouteTarget
{
    /// <summary>The service; null when <see cref="Split"/> is set.</summary>
    [Id(0)] public string? Service { get; init; }

    /// <summary>The services and their weights; empty when <see cref="Service"/> is set.</summary>
    [Id(1)] public ImmutableArray<SplitTarget> Split { get; init; } = [];
}

/// <summary>One side of a split.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.split-target")]
public sealed record SplitTarget
{
    /// <summary>The service.</summary>
    [Id(0)] public required string Service { get; init; }

    /// <summary>Its share, 0 to 1000, of the sum of the weights.</summary>
    [Id(1)] public required int Weight { get; init; }
}

/// <summary>What a route changes in a request before it goes on.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.rewrite")]
public sealed record RouteRewrite
{
    /// <summary>Whole leading segments taken off the path.</summary>
    [Id(0)] public string RemovePrefix { get; init; } = "";

    /// <summary>Put before the path after that.</summary>
    [Id(1)] public string AddPrefix { get; init; } = "";

    /// <summary>Request headers set, replacing the client's.</summary>
    [Id(2)] public ImmutableDictionary<string, string> SetHeaders { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Request headers taken out.</summary>
    [Id(3)] public ImmutableArray<string> RemoveHeaders { get; init; } = [];
}

/// <summary>How an instance is chosen among a service's. In documents written in kebab-case (<c>round-robin</c>).</summary>
[GenerateSerializer, Alias("gatehouse.routing.balance")]
public enum BalanceRule
{
    /// <summary>One after another.</summary>
    RoundRobin = 0,

    /// <summary>Any.</summary>
    Random = 1,

    /// <summary>The one with the fewest requests in flight from this front door.</summary>
    LeastRequests = 2,

    /// <summary>The less busy of two taken at random (Mitzenmacher 2001).</summary>
    PowerOfTwo = 3,

    /// <summary>At random, by the instances' weights.</summary>
    Weighted = 4,

    /// <summary>
    /// Those in this front door's zone, as long as enough of them take calls and they are not too busy; others beside them
    /// otherwise.
    /// </summary>
    ZoneAware = 5,

    /// <summary>
    /// By the client's address or another key, so that a client stays with its instance while the set changes little;
    /// bounded, so that none has much more to do than the mean (Mirrokni, Thorup and Zadimoghaddam 2016).
    /// </summary>
    ConsistentHash = 6,

    /// <summary>At random, the more often the sooner they answer (Ribbon's rule).</summary>
    WeightedResponseTime = 7,
}
