using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>How a client wants its answer.</summary>
/// <param name="Json">JSON, else XML.</param>
/// <param name="Compact">Only the fields that a balancer needs.</param>
internal readonly record struct Representation(bool Json, bool Compact)
{
    public string ContentType => Json ? "application/json" : "application/xml";

    public static Representation Of(HttpRequest request) =>
        new(Mentions(request.Headers.Accept, "json"), Mentions(request.Headers["X-Eureka-Accept"], "compact"));

    /// <summary>Whether gzip is named and not refused; weights beyond that make no difference to these clients.</summary>
    public static bool TakesGzip(HttpRequest request)
    {
        var header = request.Headers.AcceptEncoding;
        return Mentions(header, "gzip")
            && StringWithQualityHeaderValue.TryParseList(header, out var codings)
            && codings.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
    }

    private static bool Mentions(StringValues header, string what)
    {
        foreach (var value in header)
        {
            if (value?.Contains(what, StringComparison.OrdinalIgnoreCase) == true)
            {
                return true;
            }
        }

        return false;
    }
}
