using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Forwarding;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>A response's body on its way to the client, that is kept with the headers the service gave it.</summary>
internal sealed class KeptResponse(HttpResponse response) : PassingBody
{
    /// <summary>The most of a body that is kept, in bytes.</summary>
    public const int Bound = 256 * 1024;

    // Of the one message, or written by other policies of the route.
    private static readonly FrozenSet<string> NotKept = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HeaderNames.Date, HeaderNames.Age, HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.RetryAfter, "RateLimit", "RateLimit-Policy");

    private readonly Stream body = response.Body;
    private readonly ArrayBufferWriter<byte> kept = new();
    private ImmutableArray<KeyValuePair<string, StringValues>> headers;
    private bool stopped;

    public override bool CanWrite => true;

    /// <summary>Keeps no more of it.</summary>
    public void Stop() => stopped = true;

    /// <summary>What may be given again; null when it may not.</summary>
    public GoodResponse? Finish(HttpRequest request)
    {
        Begin();
        if (stopped || response.StatusCode != StatusCodes.Status200OK)
        {
            return null;
        }

        var named = headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);
        var vary = Items(named.GetValueOrDefault(HeaderNames.Vary));
        if (named.ContainsKey(HeaderNames.SetCookie) || vary.Contains("*") || !MayBeKept(named.GetValueOrDefault(HeaderNames.CacheControl)))
        {
            return null;
        }

        if (named.ContainsKey(HeaderNames.ContentEncoding))
        {
            vary = [.. vary, HeaderNames.AcceptEncoding];
        }

        return new GoodResponse(headers, kept.WrittenSpan.ToArray(), [.. vary.Select(name => KeyValuePair.Create(name, request.Headers[name]))]);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin();
        if (kept.WrittenCount + buffer.Length > Bound)
        {
            stopped = true;
        }

        if (!stopped)
        {
            kept.Write(buffer.Span);
        }

        return body.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

    // Before the first byte goes on: what is done behind this, such as compression, changes headers then.
    private void Begin()
    {
        if (headers.IsDefault)
        {
            headers = [.. response.Headers.Where(header => !NotKept.Contains(header.Key))];
        }
    }

    private static bool MayBeKept(StringValues cacheControl) =>
        !CacheControlHeaderValue.TryParse(cacheControl.ToString(), out var control) || control is { NoStore: false, Private: false };

    private static string[] Items(StringValues values) =>
        [.. values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
}
