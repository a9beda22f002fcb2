using System.Collections.Immutable;
using Gatehouse.Api.Routing;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>The responses that a front door keeps, within bounds, and the requests that are under way for more.</summary>
internal sealed class ResponseStore : IDisposable
{
    private const int Places = 4096;
    private const int MaxVariants = 32;

    // What can be validated is worth more than its time.
    private static readonly TimeSpan AfterLifetime = TimeSpan.FromHours(1);

    private readonly MemoryCache cache;
    private readonly TimeProvider time;
    private readonly long most;
    private long reserved;
    private volatile bool used;
    private readonly long[] stamps = new long[Places];
    private readonly Lock[] gates = [.. Enumerable.Range(0, Environment.ProcessorCount * 4).Select(_ => new Lock())];

    public ResponseStore(IOptions<CacheOptions> options, TimeProvider time)
    {
        this.time = time;
        most = options.Value.MaxBytes;
        cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = most, TrackStatistics = true, CompactionPercentage = 0.05 });
    }

    /// <summary>The memory in use, about.</summary>
    public long Bytes => cache.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    /// <summary>How many places have responses.</summary>
    public int Count => cache.Count;

    /// <summary>Whether a response was ever kept.</summary>
    public bool IsUsed => used;

    /// <summary>Counts the changes that were made to what a place has; others may share the count.</summary>
    public long StampOf(string key) => Volatile.Read(ref stamps[PlaceOf(key)]);

    /// <summary>Makes room for a part of a response that is on its way; false when there are too many of them.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref reserved, bytes) <= most)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref reserved, -bytes);

    /// <summary>The response that the route has kept for such a request.</summary>
    public StoredResponse? Find(in CacheQuestion question, CompiledRoute route, HttpRequest request, out bool hasOthers)
    {
        hasOthers = false;
        // The newest first.
        var variants = Variants(question.Place.Key);
        for (var i = variants.Length - 1; i >= 0; i--)
        {
            var response = variants[i];
            if (ReferenceEquals(response.Route, route))
            {
                if (response.Answers(request, question.Side))
                {
                    return response;
                }

                hasOthers = true;
            }
        }

        return null;
    }

    /// <summary>Keeps a response, unless what it is of was changed since it was asked for.</summary>
    public void Put(StoredResponse response, long stamp)
    {
        var key = response.Place.Key;
        lock (GateOf(key))
        {
            if (StampOf(key) != stamp)
            {
                return;
            }

            // Of a route that was changed or taken out, none.
            var variants = Variants(key).RemoveAll(one => !ReferenceEquals(one.Route, response.Route));
            var same = variants.FirstOrDefault(response.Replaces);
            // The newest last; what was asked for after an invalidation stays before what was asked for before it.
            if (same is null || same.Sequence <= response.Sequence)
            {
                Set(key, [.. variants.Where(one => !ReferenceEquals(one, same)).TakeLast(MaxVariants - 1), response]);
            }
        }
    }

    /// <summary>Takes a response out.</summary>
    public void Remove(StoredResponse response)
    {
        var key = response.Place.Key;
        lock (GateOf(key))
        {
            Set(key, Variants(key).Remove(response));
        }
    }

    /// <summary>What a place has was changed: what was asked for before is neither used nor kept.</summary>
    public void Forget(string key)
    {
        Interlocked.Increment(ref stamps[PlaceOf(key)]);
        lock (GateOf(key))
        {
            cache.Remove(key);
        }
    }

    public void Dispose() => cache.Dispose();

    private static int PlaceOf(string key) => (int)((uint)key.GetHashCode(StringComparison.Ordinal) % Places);

    private ImmutableArray<StoredResponse> Variants(string key) =>
        cache.TryGetValue(key, out var found) ? (ImmutableArray<StoredResponse>)found! : [];

    private void Set(string key, ImmutableArray<StoredResponse> variants)
    {
        if (variants.IsEmpty)
        {
            cache.Remove(key);
            return;
        }

        used = true;
        using var entry = cache.CreateEntry(key);
        entry.Value = variants;
        entry.Size = variants.Sum(response => response.Size);
        entry.AbsoluteExpirationRelativeToNow = variants.Max(KeptFor);
    }

    private TimeSpan KeptFor(StoredResponse response)
    {
        var left = response.Lifetime - response.AgeAt(time) + response.StaleIfError + response.StaleWhileRevalidate + (response.CanBeValidated ? AfterLifetime : TimeSpan.Zero);
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }

    private Lock GateOf(string key) => gates[(uint)key.GetHashCode(StringComparison.Ordinal) % (uint)gates.Length];
}
