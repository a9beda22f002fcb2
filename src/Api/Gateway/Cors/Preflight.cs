namespace Gatehouse.Api.Gateway.Cors;

/// <summary>A browser's question whether a page may send a request (the Fetch standard's CORS-preflight).</summary>
internal static class Preflight
{
    /// <summary>Whether the request is one.</summary>
    public static bool Is(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.AccessControlRequestMethod.Count > 0
        && request.Headers.Origin.Count > 0;

    /// <summary>What matches the request that is asked about; the question itself goes on as it is.</summary>
    public static T? Ask<T>(HttpRequest request, Func<HttpRequest, T?> match) where T : class
    {
        var method = request.Method;
        request.Method = request.Headers.AccessControlRequestMethod.ToString();
        try
        {
            return match(request);
        }
        finally
        {
            request.Method = method;
        }
    }
}
