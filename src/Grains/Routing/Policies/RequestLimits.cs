namespace Gatehouse.Grains.Routing.Policies;

/// <summary>How large requests of a route may be; what is not said is not limited by the route.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.request-limits")]
public sealed record RequestLimits
{
    /// <summary>The most bytes of a body.</summary>
    [Id(0)] public long? Body { get; init; }

    /// <summary>The most headers.</summary>
    [Id(1)] public int? Headers { get; init; }

    /// <summary>The most bytes of headers, names and values together.</summary>
    [Id(2)] public int? HeaderBytes { get; init; }

    /// <summary>The most bytes of path and query.</summary>
    [Id(3)] public int? Target { get; init; }
}

/// <summary>The rules of <see cref="RequestLimits"/>.</summary>
internal static class RequestLimitRules
{
    private const long MaxBody = 1L << 40;
    private const int MaxHeaders = 1000;
    private const int MaxHeaderBytes = 1 << 20;

    public static void Check(RequestLimits? limits, RouteErrors errors)
    {
        if (limits is null)
        {
            return;
        }

        errors.Require(limits.Body is null or (>= 0 and <= MaxBody), "request.body", "must be from 0 to 1 TiB");
        errors.Require(limits.Headers is null or (>= 1 and <= MaxHeaders), "request.headers", $"must be from 1 to {MaxHeaders}");
        errors.Require(limits.HeaderBytes is null or (>= 1 and <= MaxHeaderBytes), "request.headerBytes", "must be from 1 B to 1 MiB");
        errors.Require(limits.Target is null or (>= 1 and <= MaxHeaderBytes), "request.target", "must be from 1 B to 1 MiB");
        errors.Require(
            limits.Body is not null || limits.Headers is not null || limits.HeaderBytes is not null || limits.Target is not null,
            "request",
            "must limit something");
    }
}
