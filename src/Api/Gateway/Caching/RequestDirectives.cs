using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>What a request says of stored responses (RFC 9111, 5.2.1).</summary>
internal readonly record struct RequestDirectives
{
    public bool NoStore { get; private init; }

    /// <summary>A stored response is to be validated first.</summary>
    public bool NoCache { get; private init; }

    public bool OnlyIfCached { get; private init; }

    public TimeSpan? MaxAge { get; private init; }

    public TimeSpan MinFresh { get; private init; }

    /// <summary>How long a response may be stale; zero for not at all.</summary>
    public TimeSpan MaxStale { get; private init; }

    public static RequestDirectives Of(IHeaderDictionary headers)
    {
        if (headers.CacheControl.Count == 0)
        {
            // RFC 9111, 5.4: what HTTP/1.0 has for it.
            return new RequestDirectives { NoCache = headers.Pragma.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase) };
        }

        if (!CacheControlHeaderValue.TryParse(headers.CacheControl.ToString(), out var said))
        {
            return new RequestDirectives { NoCache = true };
        }

        return new RequestDirectives
        {
            NoStore = said.NoStore,
            NoCache = said.NoCache,
            OnlyIfCached = said.OnlyIfCached,
            MaxAge = said.MaxAge,
            MinFresh = said.MinFresh ?? TimeSpan.Zero,
            MaxStale = said.MaxStale ? said.MaxStaleLimit ?? TimeSpan.MaxValue : TimeSpan.Zero,
        };
    }

    /// <summary>Whether a stored response may answer the request while its service is asked for another.</summary>
    public bool AllowWhileRevalidating(StoredResponse response, TimeSpan age) =>
        !NoCache && !response.AlwaysValidate && !response.MustRevalidate
        && MinFresh == TimeSpan.Zero
        && !(age > MaxAge)
        && age - response.Lifetime <= response.StaleWhileRevalidate;

    /// <summary>Whether a stored response may answer the request without a word to its service.</summary>
    public bool Allow(StoredResponse response, TimeSpan age)
    {
        if (NoCache || response.AlwaysValidate || age > MaxAge)
        {
            return false;
        }

        var left = response.Lifetime - age;
        return left > TimeSpan.Zero
            ? left >= MinFresh
            : MinFresh == TimeSpan.Zero && !response.MustRevalidate && MaxStale > TimeSpan.Zero && -left <= MaxStale;
    }
}
