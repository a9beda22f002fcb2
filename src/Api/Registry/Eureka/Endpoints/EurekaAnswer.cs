using System.Text;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry.Eureka.Rendering;

namespace Gatehouse.Api.Registry.Eureka.Endpoints;

/// <summary>Answers in the forms that Eureka's clients understand.</summary>
internal static class EurekaAnswer
{
    /// <summary>
    /// An answer without a body. The length is stated because the Jersey client fails on an empty chunked answer, and
    /// the type because the original server states it.
    /// </summary>
    public static Task Empty(HttpContext context, int status)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = Representation.Of(context.Request).ContentType;
        if (status != StatusCodes.Status204NoContent)
        {
            response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    /// <summary>A refusal in the original server's words.</summary>
    public static Task Refuse(HttpContext context, string reason) =>
        Text(context, Representation.Of(context.Request).ContentType, reason);

    /// <summary>The refusal of a body that is not a document, as the original server words it.</summary>
    public static Task RefuseUnreadable(HttpContext context) =>
        Text(context, "application/json", """{"error": "cannot parse request body"}""");

    public static Task RefuseTooLarge(HttpContext context, int limit) => new Problem(
        StatusCodes.Status413PayloadTooLarge,
        "too-large",
        "The request body is too large",
        $"At most {limit} bytes are accepted.").Write(context);

    public static Task Send(HttpContext context, byte[] body, Representation form) => Send(context, new RenderedBody(body), form);

    public static async Task Send(HttpContext context, RenderedBody body, Representation form, int status = StatusCodes.Status200OK)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = form.ContentType;
        response.Headers.Vary = "Accept, Accept-Encoding, X-Eureka-Accept";
        var content = body.Plain;
        if (body.IsWorthCompressing && Representation.TakesGzip(context.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            content = body.Compressed;
        }

        response.ContentLength = content.Length;
        await response.BodyWriter.WriteAsync(content, context.RequestAborted);
    }

    private static async Task Text(HttpContext context, string contentType, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }
}
