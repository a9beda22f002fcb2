using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Compression;

/// <summary>Leaves out what is too short to gain, or must not be changed on its way.</summary>
internal sealed class CompressionProvider(IServiceProvider services, IOptions<ResponseCompressionOptions> options, long minimum)
    : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context)
    {
        var response = context.Response;
        if (response.ContentLength < minimum
            || response.Headers.CacheControl.ToString().Contains("no-transform", StringComparison.OrdinalIgnoreCase)
            || !base.ShouldCompressResponse(context))
        {
            return false;
        }

        // RFC 9110, 8.8.3.3: what is coded otherwise is not the same, byte for byte.
        if (response.Headers.ETag is [{ } tag] && tag.StartsWith('"'))
        {
            response.Headers.ETag = "W/" + tag;
        }

        return true;
    }
}
