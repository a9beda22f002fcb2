using System.Collections.Immutable;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Grains.Tests.Routing;

/// <summary>Route documents to start from.</summary>
internal static class Documents
{
    public static RouteDocument Route(string id, string path = "", string service = "BOOKS") => new()
    {
        Id = id,
        Match = new RouteMatch { Path = path.Length == 0 ? $"/{id}/{{**rest}}" : path },
        To = new RouteTarget { Service = service },
    };

    public static RouteDocument Full(string id = "full") => new()
    {
        Id = id,
        Match = new RouteMatch
        {
            Hosts = ["api.example.org", "*.example.com"],
            Path = "/books/{id}/{**rest}",
            Methods = ["GET", "POST"],
            Headers = [new ValueMatch { Name = "X-Tenant", Values = ["a", "b"] }],
            Query = [new ValueMatch { Name = "preview" }],
        },
        To = new RouteTarget
        {
            Split = [new SplitTarget { Service = "BOOKS", Weight = 90 }, new SplitTarget { Service = "BOOKS-NEXT", Weight = 10 }],
        },
        Rewrite = new RouteRewrite
        {
            RemovePrefix = "/books",
            AddPrefix = "/v2",
            SetHeaders = ImmutableDictionary<string, string>.Empty.Add("X-Via", "gate").Add("X-Api", "2"),
            RemoveHeaders = ["Cookie"],
        },
        Balance = BalanceRule.PowerOfTwo,
        Timeout = TimeSpan.FromMilliseconds(1500),
    };
}
