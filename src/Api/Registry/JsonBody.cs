using System.Text.Json;
using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Registry;

/// <summary>Reads a request's JSON body, bounded and strict.</summary>
internal static class JsonBody
{
    /// <summary>The largest body taken.</summary>
    public const int Limit = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads the body and makes something of it; the problem when it cannot.</summary>
    public static async Task<(T? Value, Problem? Problem)> Read<T>(HttpRequest request, Func<JsonElement, (T?, Problem?)> make)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return (null, RegistryProblems.MediaType);
        }

        if (request.ContentLength > Limit)
        {
            return (null, RegistryProblems.TooLarge(Limit));
        }

        var body = new byte[Math.Min((int)(request.ContentLength ?? Limit), Limit) + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (length > Limit)
        {
            return (null, RegistryProblems.TooLarge(Limit));
        }

        try
        {
            using var document = JsonDocument.Parse(body.AsMemory(0, length), Strict);
            return make(document.RootElement);
        }
        // The second is thrown for text that is no valid Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, RegistryProblems.NotJson(e is JsonException ? e.Message : "A string is not valid Unicode text."));
        }
    }
}
