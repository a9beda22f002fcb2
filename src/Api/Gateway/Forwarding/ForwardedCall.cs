using System.Diagnostics;
using Gatehouse.Api.Gateway.Auth;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>One request on its way: what of it goes to the service, and what of the response comes back.</summary>
internal sealed class ForwardedCall(GatewayCall call, ForwardedHeaders forwarded, Deadline deadline) : HttpTransformer
{
    private readonly RoutePlan plan = call.Plan;

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var request = httpContext.Request;
        proxyRequest.RequestUri = plan.Path.Rewrite(destinationPrefix, request.Path, call.Target, out var prefix);
        CopyHeaders(request.Headers, proxyRequest);
        if (request.Headers.TE.Count > 0)
        {
            CopyTrailersWish(request, proxyRequest);
        }

        Tracing.Continue(request.Headers, proxyRequest.Headers);
        forwarded.Write(httpContext, proxyRequest.Headers, prefix);
        if (call.Identity is { } identity)
        {
            proxyRequest.Headers.TryAddWithoutValidation(IdentityIssuer.Header, identity);
        }

        foreach (var (name, value) in plan.Headers.Set)
        {
            Add(proxyRequest, name, value);
        }

        return default;
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return new(false);
        }

        deadline.Stop();
        var headers = httpContext.Response.Headers;
        var named = proxyResponse.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var connection)
            ? HeaderRules.NamedBy(Values(connection))
            : null;
        CopyBack(proxyResponse.Headers.NonValidated, headers, named);
        CopyBack(proxyResponse.Content.Headers.NonValidated, headers, named);

        // RFC 9112, 6.3: with both, the transfer coding decides, and the length is a lie.
        if (proxyResponse.Headers.NonValidated.Contains(HeaderNames.TransferEncoding))
        {
            headers.ContentLength = null;
        }

        // RFC 9110, 8.6: a server sends no length with these, so an upstream's harmless zero is dropped.
        if (httpContext.Response.StatusCode is < 200 or StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent)
        {
            headers.ContentLength = null;
        }
        else if (headers.ContentLength is null)
        {
            httpContext.Response.Body = new CountedStream(httpContext.Response.Body, call);
        }

        return new(true);
    }

    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        var received = proxyResponse.TrailingHeaders.NonValidated;
        if (received.Count > 0 && httpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
        {
            CopyBack(received, trailers, named: null);
        }

        return default;
    }

    private void CopyHeaders(IHeaderDictionary headers, HttpRequestMessage message)
    {
        var named = HeaderRules.NamedBy(headers.Connection);
        foreach (var (name, values) in headers)
        {
            if (plan.Headers.GoesOn(name) && (named is null || !named.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                Add(message, name, name.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase) ? SessionCookieStripping.Strip(values) : values);
            }
        }
    }

    private static void Add(HttpRequestMessage message, string name, StringValues values)
    {
        if (values.Count == 0)
        {
            return;
        }

        if (values.Count == 1
            && (message.Headers.TryAddWithoutValidation(name, (string?)values)
                || (message.Content is { } content && content.Headers.TryAddWithoutValidation(name, (string?)values))))
        {
            return;
        }

        // Several values, or a header of content that there is none of: the library has an empty one for that.
        RequestTransform.AddHeader(new RequestTransformContext { ProxyRequest = message }, name, values);
    }

    // RFC 9113, 8.2.2: the only thing that TE may say in HTTP/2. gRPC needs it.
    private static void CopyTrailersWish(HttpRequest request, HttpRequestMessage message)
    {
        if (HttpProtocol.IsHttp2(request.Protocol)
            && request.Headers.GetCommaSeparatedValues(HeaderNames.TE).Contains("trailers", StringComparer.OrdinalIgnoreCase))
        {
            message.Headers.TryAddWithoutValidation(HeaderNames.TE, "trailers");
        }
    }

    private static void CopyBack(
        System.Net.Http.Headers.HttpHeadersNonValidated source, IHeaderDictionary destination, string[]? named)
    {
        foreach (var (name, values) in source)
        {
            if (HeaderRules.GoesBack(name) && (named is null || !named.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                destination[name] = destination.TryGetValue(name, out var present)
                    ? StringValues.Concat(present, Values(values))
                    : Values(values);
            }
        }
    }

    private static StringValues Values(System.Net.Http.Headers.HeaderStringValues values)
    {
        if (values.Count <= 1)
        {
            return values.ToString();
        }

        return values.ToArray();
    }
}
