using Gatehouse.Api.Views;

namespace Gatehouse.Api.Admin.Health;

/// <summary>The probes of a front door.</summary>
internal static class HealthApi
{
    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<ClusterCheck>();

    public static void MapHealth(this IEndpointRouteBuilder management)
    {
        // Strictly local: a liveness probe that asked anyone else would restart front doors that still serve.
        management.MapGet("/health/live", () => TypedResults.Ok(new HealthReport("live", []))).WithTags("Health");
        management.MapGet("/health/ready", Ready).WithTags("Health");
    }

    private static async Task<IResult> Ready(IEnumerable<IReplicaStatus> replicas, ClusterCheck cluster)
    {
        var checks = replicas.Select(Check).Append(await cluster.Run()).ToArray();
        var ready = Array.TrueForAll(checks, check => check.Ready);
        return TypedResults.Json(
            new HealthReport(ready ? "ready" : "not-ready", checks),
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static HealthCheck Check(IReplicaStatus replica) => replica.State switch
    {
        LeaseState.Leased => new($"view:{replica.Name}", true, $"leased at version {replica.Version}"),
        LeaseState.Empty => new($"view:{replica.Name}", false, "nothing received yet"),
        LeaseState.Renewing => new($"view:{replica.Name}", false, $"the lease has run out and is being renewed; at version {replica.Version}"),
        _ => new($"view:{replica.Name}", false, $"the lease could not be renewed; serving the last known version {replica.Version}"),
    };
}

/// <summary>The answer of a probe.</summary>
/// <param name="Status"><c>live</c>, <c>ready</c> or <c>not-ready</c>.</param>
/// <param name="Checks">What it is made of.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<HealthCheck> Checks);

/// <summary>One thing that must hold.</summary>
/// <param name="Name">What is checked.</param>
/// <param name="Ready">Whether it holds.</param>
/// <param name="Reason">Why, or why not.</param>
internal sealed record HealthCheck(string Name, bool Ready, string Reason);
