using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Routing;

/// <summary>What became of the routes file in this front door, for the management API and metrics.</summary>
internal sealed class RoutesFileStatus : IDisposable
{
    private readonly Meter meter;
    private volatile RoutesFileReport current = new("off", null, null, []);

    public RoutesFileStatus(IMeterFactory meters)
    {
        meter = meters.Create("Gatehouse.Routing");
        meter.CreateObservableGauge(
            "gatehouse.routing.file.refused",
            () => current.State is "off" or "applied" ? 0 : 1,
            description: "1 while the routes file is missing or refused, or could not be applied; the routes before stay in force.");
    }

    public RoutesFileReport Current => current;

    public void Set(RoutesFileReport report) => current = report;

    public void Dispose() => meter.Dispose();
}

/// <summary>The state of the routes file.</summary>
/// <param name="State">
/// <c>off</c>, <c>applied</c>, <c>missing</c>, <c>refused</c>, or <c>waiting</c> while the cluster does not answer.
/// </param>
/// <param name="File">The file's path.</param>
/// <param name="At">Since when.</param>
/// <param name="Errors">Why it is refused.</param>
internal sealed record RoutesFileReport(
    string State, string? File, DateTimeOffset? At, ImmutableArray<RouteFinding> Errors);
