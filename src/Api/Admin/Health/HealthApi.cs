using Gatehouse.Api.Views;
using Gatehouse.Silo.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

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
        management.MapGet("/health/serving", Serving).WithTags("Health");
    }

    private static async Task<IResult> Ready(IEnumerable<IReplicaStatus> replicas, ClusterCheck cluster, Departure departure) =>
        Answer([.. replicas.Select(Check), await cluster.Run(), Check(departure)]);

    // What a balancer goes by: whether this front door is of use to clients, which it is with the last known state too.
    // By /health/ready all front doors would be taken out at once when the cluster is away.
    private static JsonHttpResult<HealthReport> Serving(IEnumerable<IReplicaStatus> replicas, Departure departure) => Answer(
    [
        .. replicas.Select(replica => Check(replica) with { Ready = replica.State != LeaseState.Empty }),
        Check(departure),
    ]);

    private static JsonHttpResult<HealthReport> Answer(HealthCheck[] checks)
    {
        var ready = Array.TrueForAll(checks, check => check.Ready);
        return TypedResults.Json(
            new HealthReport(ready ? "ready" : "not-ready", checks),
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static HealthCheck Check(Departure departure) => departure.HasBegun
        ? new("process", false, "the process is stopping")
        : new("process", true, "running");

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
