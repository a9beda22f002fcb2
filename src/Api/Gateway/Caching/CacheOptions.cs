using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>The response cache of a front door, section <c>Gatehouse:Cache</c>.</summary>
public sealed class CacheOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Cache";

    /// <summary>The most memory that responses take in this process, in bytes; what was not used for longest makes room.</summary>
    [Range(1024 * 1024, 1L << 40)] public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a request waits for another's response, that may serve both, before it is sent by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")] public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);
}
