using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>What a response says of its being stored and used again (RFC 9111, 5.2.2 and 4.2; RFC 5861).</summary>
internal readonly record struct ResponseDirectives
{
    /// <summary>It must not be stored; also when what it says cannot be read.</summary>
    public bool Forbids { get; private init; }

    /// <summary>It is for everybody, although the request says who asks.</summary>
    public bool Shared { get; private init; }

    public bool AlwaysValidate { get; private init; }

    public bool MustRevalidate { get; private init; }

    /// <summary>How long it is fresh; null when it does not say.</summary>
    public TimeSpan? Lifetime { get; private init; }

    /// <summary>How long it may stand in for an error; null when it does not say.</summary>
    public TimeSpan? StaleIfError { get; private init; }

    /// <summary>How long it may be used while it is asked for anew.</summary>
    public TimeSpan StaleWhileRevalidate { get; private init; }

    public static ResponseDirectives Of(IHeaderDictionary headers, DateTimeOffset date)
    {
        var expires = ExpiresOf(headers, date);
        if (headers.CacheControl.Count == 0)
        {
            return new ResponseDirectives
            {
                Lifetime = expires,
                AlwaysValidate = headers.Pragma.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase),
            };
        }

        if (!CacheControlHeaderValue.TryParse(headers.CacheControl.ToString(), out var said))
        {
            return new ResponseDirectives { Forbids = true };
        }

        return new ResponseDirectives
        {
            // One that is private in some fields is, as here no fields are left out.
            Forbids = said.NoStore || said.Private,
            Shared = said.Public || said.SharedMaxAge is not null,
            AlwaysValidate = said.NoCache,
            MustRevalidate = said.MustRevalidate || said.ProxyRevalidate || said.SharedMaxAge is not null,
            Lifetime = said.SharedMaxAge ?? said.MaxAge ?? expires,
            StaleIfError = SecondsOf(said, "stale-if-error"),
            StaleWhileRevalidate = SecondsOf(said, "stale-while-revalidate") ?? TimeSpan.Zero,
        };
    }

    private static TimeSpan? ExpiresOf(IHeaderDictionary headers, DateTimeOffset date)
    {
        if (headers.Expires.Count == 0)
        {
            return null;
        }

        // What is no date, such as 0, has passed.
        return HeaderUtilities.TryParseDate(headers.Expires.ToString(), out var expires) && expires > date ? expires - date : TimeSpan.Zero;
    }

    private static TimeSpan? SecondsOf(CacheControlHeaderValue said, string name)
    {
        foreach (var extension in said.Extensions)
        {
            if (extension.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(HeaderUtilities.RemoveQuotes(extension.Value).AsSpan(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return null;
    }
}
