using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Routing;

/// <summary>Requests as the route table sees them.</summary>
internal static class Requests
{
    /// <summary>A request from a line such as <c>GET api.example.org:80/books?x=1</c>; the host may be left out.</summary>
    public static HttpRequest Of(string line, params (string Name, string Value)[] headers)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var slash = line.IndexOf('/', StringComparison.Ordinal);
        var query = line.IndexOf('?', StringComparison.Ordinal);
        var request = new DefaultHttpContext().Request;
        request.Method = line[..space];
        if (slash > space + 1)
        {
            request.Host = new HostString(line[(space + 1)..slash]);
        }

        request.Path = new PathString(query < 0 ? line[slash..] : line[slash..query]);
        request.QueryString = query < 0 ? QueryString.Empty : new QueryString(line[query..]);
        foreach (var (name, value) in headers)
        {
            request.Headers.Append(name, value);
        }

        return request;
    }
}
