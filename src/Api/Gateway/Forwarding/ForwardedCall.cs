using System.Diagnostics;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Auth;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>One request on its way: what of it goes to the service, and what of the response comes back.</summary>
internal sealed class ForwardedCall(
    GatewayCall call, string service, ForwardedHeaders forwarded, Retries retries, Deadline deadline, TryTime time) : HttpTransformer
{
    /// <summary>Whether the response was a failure that is not passed on.</summary>
    public bool Declined { get; private set; }

    /// <summary>Whether that is because the request is sent again; otherwise something else answers.</summary>
    public bool Again { get; private set; }

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        WriteRequest(call, forwarded, proxyRequest, destinationPrefix);
        time.Tell(proxyRequest.Headers, call.Plan);
        return default;
    }

    /// <summary>Writes the address and the headers that a service gets.</summary>
    /// <param name="call">The request.</param>
    /// <param name="forwarded">What tells services how they were called.</param>
    /// <param name="message">What is sent; its content is there, if it has any.</param>
    /// <param name="destination">Scheme, host and port of the instance.</param>
    public static void WriteRequest(GatewayCall call, ForwardedHeaders forwarded, HttpRequestMessage message, string destination)
    {
        var request = call.Context.Request;
        message.RequestUri = call.Plan.Path.Rewrite(destination, request.Path, call.Target, out var prefix);
        CopyHeaders(call.Plan.Headers, request.Headers, message);
        if (request.Headers.TE.Count > 0)
        {
            CopyTrailersWish(request, message);
        }

        Tracing.Continue(request.Headers, message.Headers);
        forwarded.Write(call.Context, message.Headers, prefix);
        if (call.Identity is { } identity)
        {
            message.Headers.TryAddWithoutValidation(IdentityIssuer.Header, identity);
        }

        foreach (var (name, value) in call.Plan.Headers.Set)
        {
            Add(message, name, value);
        }
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return new(false);
        }

        deadline.Stop();
        var end = AttemptEnd.Answered((int)proxyResponse.StatusCode);
        if (call.Plan.Retry.IsFailure(end))
        {
            Again = retries.Allow(call, service, end);
            Declined = Again || call.Fallback?.IsReady(call) == true;
            if (Declined)
            {
                return new(false);
            }
        }

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
        if (IsUpgrade(httpContext, proxyResponse))
        {
            call.LeaveBulkhead();
        }

        if (httpContext.Response.StatusCode is < 200 or StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent)
        {
            headers.ContentLength = null;
        }
        else if (headers.ContentLength is null && httpContext.Response.Body is not CountedStream)
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

    // RFC 8441, 5: over HTTP/2 a WebSocket is accepted with 200.
    private static bool IsUpgrade(HttpContext context, HttpResponseMessage response) =>
        response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols
        || (HttpMethods.IsConnect(context.Request.Method) && response.IsSuccessStatusCode);

    private static void CopyHeaders(HeaderRules rules, IHeaderDictionary headers, HttpRequestMessage message)
    {
        var named = HeaderRules.NamedBy(headers.Connection);
        foreach (var (name, values) in headers)
        {
            if (rules.GoesOn(name) && (named is null || !named.Contains(name, StringComparer.OrdinalIgnoreCase)))
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
