using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Silo.Telemetry;

/// <summary>Settings of the telemetry, section <c>Gatehouse:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Telemetry";

    /// <summary>
    /// The share of traces that begin here and are recorded. One that a caller has begun is recorded when the caller says
    /// so. OTEL_TRACES_SAMPLER, when set, wins.
    /// </summary>
    [Range(0.0, 1.0)] public double TraceSample { get; set; } = 0.1;
}
