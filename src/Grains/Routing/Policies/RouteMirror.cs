namespace Gatehouse.Grains.Routing.Policies;

/// <summary>That a share of the requests is copied to another service, whose answers nobody gets.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.mirror")]
public sealed record RouteMirror
{
    /// <summary>The service that gets the copies.</summary>
    [Id(0)] public required string Service { get; init; }

    /// <summary>The share of requests that is copied, above 0 to 1.</summary>
    [Id(1)] public double Share { get; init; } = 1;

    /// <summary>Requests with a longer body are not copied; 0 to 16 MiB.</summary>
    [Id(2)] public long MaxBody { get; init; } = 64 * 1024;

    /// <summary>How many copies are under way at once at a front door; beyond, requests are not copied. 1 to 10,000.</summary>
    [Id(3)] public int Concurrent { get; init; } = 64;
}

/// <summary>The rules of <see cref="RouteMirror"/>.</summary>
internal static class MirrorRules
{
    private const long MostBody = 16 * 1024 * 1024;
    private const int MostConcurrent = 10_000;

    public static void Check(RouteMirror? mirror, RouteErrors errors)
    {
        if (mirror is null)
        {
            return;
        }

        errors.Require(Syntax.IsName(mirror.Service), "mirror.service", "must be a service's name: 1 to 128 letters, digits, '-', '_' or '.'");
        errors.Require(mirror.Share is > 0 and <= 1, "mirror.share", "must be above 0, to 1");
        errors.Require(mirror.MaxBody is >= 0 and <= MostBody, "mirror.maxBody", "must be from 0B to 16MiB");
        errors.Require(mirror.Concurrent is >= 1 and <= MostConcurrent, "mirror.concurrent", $"must be from 1 to {MostConcurrent}");
    }
}
