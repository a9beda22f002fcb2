using Gatehouse.Api.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Auth;

/// <summary>
/// Reads the forms that the authorization server and the pages get, before anybody else does: small ones, in UTF-8. What
/// cannot be read is the sender's error, and is answered as such here, once for all endpoints.
/// </summary>
internal sealed class FormIntake(RequestDelegate next)
{
    private const long MaxBody = 256 * 1024;

    private static readonly Problem Malformed = new(StatusCodes.Status400BadRequest, "bad-request", "The form is malformed");

    private static readonly Problem Charset = new(
        StatusCodes.Status415UnsupportedMediaType, "media-type", "The media type is not supported", "Forms are taken in UTF-8.");

    public async Task Invoke(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = MaxBody;
        }

        if (await Read(context.Request) is { } problem)
        {
            await problem.Write(context);
            return;
        }

        await next(context);
    }

    private static async Task<Problem?> Read(HttpRequest request)
    {
        if (!IsInUtf8(request.ContentType))
        {
            return Charset;
        }

        try
        {
            if (request.HasFormContentType)
            {
                await request.ReadFormAsync(request.HttpContext.RequestAborted);
            }

            return null;
        }
        // The second is a body that breaks off.
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return Malformed;
        }
    }

    private static bool IsInUtf8(string? contentType) =>
        !MediaTypeHeaderValue.TryParse(contentType, out var type)
        || type.Charset.Length == 0
        || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || HeaderUtilities.RemoveQuotes(type.Charset).Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
}
