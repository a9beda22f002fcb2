using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Settings of the access log, section <c>Gatehouse:AccessLog</c>.</summary>
public sealed class AccessLogOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:AccessLog";

    /// <summary>Whether requests are logged; a route with a <c>log</c> field is in any case.</summary>
    public bool Enabled { get; set; }

    /// <summary>The share of requests without an error that are logged. Errors always are.</summary>
    [Range(0.0, 1.0)] public double Sample { get; set; } = 1;

    /// <summary>Whether lines of JSON go to standard output; by OTLP they go whenever a collector is named.</summary>
    public bool Console { get; set; } = true;

    /// <summary>
    /// How many bytes of lines each core holds while standard output does not take them; what is beyond is dropped, and
    /// counted, so that a slow terminal slows no request.
    /// </summary>
    [Range(64 * 1024, 64 * 1024 * 1024)] public int Buffer { get; set; } = 4 * 1024 * 1024;
}
