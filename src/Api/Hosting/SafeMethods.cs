namespace Gatehouse.Api.Hosting;

/// <summary>The safe methods (RFC 9110, 9.2.1), without <c>TRACE</c>, which nobody here serves.</summary>
internal static class SafeMethods
{
    /// <summary>Whether the request asks for no change.</summary>
    public static bool IsSafe(this HttpRequest request) => Contains(request.Method);

    /// <summary>Whether the method asks for no change.</summary>
    public static bool Contains(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
