using Microsoft.Extensions.Caching.Memory;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>The last good responses that this front door has seen, of all routes that ask for it; bounded by their size.</summary>
internal sealed class LastResponses(TimeProvider time) : IDisposable
{
    /// <summary>The most bytes of all of them.</summary>
    public const long MaxSize = 64 * 1024 * 1024;

    // What an entry costs beside its body, about.
    private const int Overhead = 1024;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxSize });

    /// <summary>Keeps a response for a time.</summary>
    public void Put(LastResponseKey key, GoodResponse response, TimeSpan keep)
    {
        response.KeptAt = time.GetTimestamp();
        cache.Set(key, response, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = keep, Size = response.Body.Length + Overhead });
    }

    /// <summary>The response that was kept, when it is not older than a time.</summary>
    public GoodResponse? Find(LastResponseKey key, TimeSpan most) =>
        cache.TryGetValue(key, out GoodResponse? found) && time.GetElapsedTime(found!.KeptAt) <= most ? found : null;

    /// <summary>A response's age in seconds.</summary>
    public long AgeOf(GoodResponse response) => (long)time.GetElapsedTime(response.KeptAt).TotalSeconds;

    public void Dispose() => cache.Dispose();
}

/// <summary>Which request a response answers.</summary>
/// <param name="Route">The route.</param>
/// <param name="Actor">Who called; empty for anybody.</param>
/// <param name="Client">The program by which they called, where it is known.</param>
/// <param name="Host">The host that was called.</param>
/// <param name="Target">Path and query.</param>
internal sealed record LastResponseKey(string Route, string Actor, string Client, string Host, string Target);
