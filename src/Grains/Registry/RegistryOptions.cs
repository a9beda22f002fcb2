using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Registry;

/// <summary>Settings of the registry, section <c>Gatehouse:Registry</c> of a silo's configuration.</summary>
public sealed class RegistryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Registry";

    /// <summary>
    /// From how many instances on a service is protected against mass eviction. With fewer, one dead instance is already
    /// half of the service. Default 3.
    /// </summary>
    [Range(2, 100_000)] public int SelfPreservationMinimum { get; set; } = 3;

    /// <summary>How long a suspect instance is kept after its lease has run out. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SuspectTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long the entry of a removed instance stays visible to delta readers. Default 180 s, the window that Eureka's
    /// clients count on.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DeltaRetention { get; set; } = TimeSpan.FromSeconds(180);
}

[OptionsValidator]
internal sealed partial class RegistryOptionsValidator : IValidateOptions<RegistryOptions>;
