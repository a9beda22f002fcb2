using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Api.Traffic;

/// <summary>Settings of the traffic statistics, section <c>Gatehouse:Traffic</c>.</summary>
public sealed class TrafficOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Traffic";

    /// <summary>
    /// How many routes, services, instances and consumers each are told apart by a front door. Calls of further ones are
    /// counted together, until others have been idle for <see cref="IdleAfter"/>.
    /// </summary>
    [Range(1, 100_000)] public int MaxSeries { get; set; } = 2000;

    /// <summary>How long a series without calls is kept at a front door.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")] public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(10);
}
