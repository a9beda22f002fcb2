using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>The meter <c>Gatehouse.Cache</c>.</summary>
internal sealed class CacheMetrics
{
    private readonly Counter<long> requests;
    private readonly Counter<long> waits;

    public CacheMetrics(IMeterFactory meters, ResponseStore store)
    {
        var meter = meters.Create("Gatehouse.Cache");
        requests = meter.CreateCounter<long>(
            "gatehouse.cache.requests", "{request}", "Requests to routes with a cache: hit, stale, revalidated, stored, or passed on.");
        waits = meter.CreateCounter<long>("gatehouse.cache.waits", "{request}", "Requests that waited for another's response.");
        meter.CreateObservableUpDownCounter("gatehouse.cache.size", () => store.Bytes, "By", "Memory that cached responses take.");
        meter.CreateObservableUpDownCounter("gatehouse.cache.entries", () => (long)store.Count, "{entry}", "Addresses with cached responses.");
    }

    /// <summary>Counts a request.</summary>
    public void Count(string route, string result)
    {
        if (requests.Enabled)
        {
            requests.Add(1, new("http.route", route), new("gatehouse.cache.result", result));
        }
    }

    /// <summary>Counts a request that waits.</summary>
    public void Wait(string route) => waits.Add(1, new KeyValuePair<string, object?>("http.route", route));
}
