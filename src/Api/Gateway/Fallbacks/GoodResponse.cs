using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>A response of a service that may be given again.</summary>
/// <param name="Headers">Its headers, without those of the one message.</param>
/// <param name="Body">Its body, as the service encoded it.</param>
/// <param name="Varying">The request's headers that it was chosen by, and their values.</param>
internal sealed record GoodResponse(
    ImmutableArray<KeyValuePair<string, StringValues>> Headers,
    byte[] Body,
    ImmutableArray<KeyValuePair<string, StringValues>> Varying)
{
    /// <summary>When it was kept.</summary>
    public long KeptAt { get; set; }

    /// <summary>Whether the service would have chosen it for this request too (RFC 9111, 4.1).</summary>
    public bool Suits(HttpRequest request) =>
        Varying.All(header => StringValues.Equals(request.Headers[header.Key], header.Value));
}
