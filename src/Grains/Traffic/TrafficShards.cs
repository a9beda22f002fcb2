namespace Gatehouse.Grains.Traffic;

/// <summary>Which grain keeps which series.</summary>
public static class TrafficShards
{
    /// <summary>The number of shards: enough to spread the work over silos, few enough to ask them all.</summary>
    public const int Count = 8;

    /// <summary>The shard of a series; the same in every process and version.</summary>
    public static int Of(SeriesKey key)
    {
        // FNV-1a.
        var hash = 2166136261u ^ (uint)key.Kind;
        foreach (var letter in key.Name)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return (int)(hash % Count);
    }
}
