using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Traffic;

/// <summary>Settings of the traffic statistics at the silos, section <c>Gatehouse:Traffic</c>.</summary>
public sealed class TrafficGrainOptions
{
    /// <summary>The configuration section; front doors have settings in it too.</summary>
    public const string Section = "Gatehouse:Traffic";

    /// <summary>
    /// How many routes, services, instances and consumers together each of the eight shards tells apart. The calls of
    /// those idle longest are counted together when there are more. Default 500, so 4,000 in a cluster.
    /// </summary>
    [Range(10, 100_000)] public int MaxSeriesPerShard { get; set; } = 500;

    /// <summary>How often a shard writes what it has. Front doors keep reports until they are written. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan WriteEvery { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class TrafficGrainOptionsValidator : IValidateOptions<TrafficGrainOptions>;
