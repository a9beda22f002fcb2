using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>
/// The whole cluster's traffic, asked of all shards; what was read is shared for a moment, so that many who watch cost no
/// more than one.
/// </summary>
internal sealed class ClusterTraffic(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(400);

    private readonly Reading?[] readings = new Reading[Enum.GetValues<TrafficWindow>().Length];

    /// <summary>The traffic over a window that ends now.</summary>
    public Task<TrafficSums> Read(TrafficWindow window)
    {
        ref var place = ref readings[(int)window];
        var reading = Volatile.Read(ref place);
        if (reading is null || reading.Answer.IsFaulted || time.GetElapsedTime(reading.AskedAt) >= Fresh)
        {
            reading = new Reading(time.GetTimestamp(), Ask(window));
            Volatile.Write(ref place, reading);
        }

        return reading.Answer;
    }

    private async Task<TrafficSums> Ask(TrafficWindow window) => TrafficSums.Of(
        await Task.WhenAll(Enumerable.Range(0, TrafficShards.Count).Select(shard => grains.GetGrain<ITrafficGrain>(shard).Read(window))));

    private sealed record Reading(long AskedAt, Task<TrafficSums> Answer);
}
