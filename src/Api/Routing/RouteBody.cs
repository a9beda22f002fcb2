using Gatehouse.Api.Routing.Documents;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Routing;

/// <summary>Route documents as bodies of requests and responses, in JSON or YAML.</summary>
internal static class RouteBody
{
    public const int MaxRoute = 1024 * 1024;

    public const int MaxSet = 16 * 1024 * 1024;

    private const string Json = "application/json";

    // RFC 9512, and the names used before it.
    private static readonly string[] Yaml =
        ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml"];

    /// <summary>The format of the request's body; JSON when it does not say.</summary>
    public static bool TryGetFormat(HttpRequest request, out DocumentFormat format)
    {
        format = DocumentFormat.Json;
        return string.IsNullOrEmpty(request.ContentType)
            || MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && TryGetFormat(type, out format);
    }

    /// <summary>The format that a caller would rather have; JSON when it does not say.</summary>
    public static DocumentFormat Wanted(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1);
        foreach (var type in accepted)
        {
            if (TryGetFormat(type, out var format))
            {
                return format;
            }
        }

        return DocumentFormat.Json;
    }

    /// <summary>Reads the body, unless it is too large.</summary>
    public static async Task<byte[]?> Read(HttpContext context, int limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit;
        }

        if (context.Request.ContentLength > limit)
        {
            return null;
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + count > limit)
            {
                return null;
            }

            await body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
        }

        return body.ToArray();
    }

    /// <summary>A document as a response.</summary>
    public static IResult Result(ReadOnlyMemory<byte> document, DocumentFormat format) =>
        TypedResults.Bytes(document, format == DocumentFormat.Yaml ? Yaml[0] : Json);

    private static bool TryGetFormat(MediaTypeHeaderValue type, out DocumentFormat format)
    {
        var isYaml = Yaml.Any(name => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase));
        format = isYaml ? DocumentFormat.Yaml : DocumentFormat.Json;
        return isYaml || type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase);
    }
}
