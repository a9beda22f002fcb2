using System.Globalization;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Registry;

/// <summary>Waits until no front door has a request in flight to an instance that was taken out.</summary>
internal sealed class Drain(IGrainFactory grains, TimeProvider time)
{
    public const string Rule = "must be a time from 1s to 10m, such as 30s";

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads a drain time; false when it is none.</summary>
    public static bool TryRead(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => TimeSpan.Zero,
        };
        return span >= Shortest && span <= Longest;
    }

    /// <summary>Waits at most the given time.</summary>
    /// <returns>How many requests are still in flight; null when that cannot be told.</returns>
    public async Task<int?> Wait(string key, TimeSpan longest, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var publisher = grains.GetGrain<IViewPublisher>(ViewNames.Registry);
        while (true)
        {
            int? inFlight = null;
            try
            {
                inFlight = await publisher.InUse(key);
            }
            catch (Exception e) when (ClusterUnavailable.IsCause(e, cancellation))
            {
                // The publisher is moving; its successor is asked next time.
            }

            if (inFlight == 0 || time.GetElapsedTime(started) >= longest)
            {
                return inFlight;
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }
}
