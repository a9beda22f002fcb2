using System.Net;
using System.Text;
using Gatehouse.Api.Registry;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>The connections to all upstreams, and which protocol a request takes on them.</summary>
internal sealed class UpstreamClient : IDisposable
{
    /// <summary>The instance's metadata that says it speaks HTTP/2: <c>h2c</c>, or <c>h2</c> with TLS.</summary>
    public const string ProtocolKey = "protocol";

    // Lets the route's timeout be the one that ends the call.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ForwarderRequestConfig http1;
    private readonly ForwarderRequestConfig http2;

    public UpstreamClient(IOptions<GatehouseOptions> options)
    {
        Handler = MakeHandler();
        Invoker = new HttpMessageInvoker(Handler);
        http1 = new ForwarderRequestConfig
        {
            ActivityTimeout = options.Value.IdleTimeout,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        http2 = http1 with { Version = HttpVersion.Version20 };
    }

    public HttpMessageInvoker Invoker { get; }

    /// <summary>What the invoker sends by.</summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>
    /// How a request is sent. gRPC needs HTTP/2; others get it when the instance says so, as without TLS nothing can be
    /// negotiated. The idle time gives way to a longer timeout of the route, since a service that thinks is silent.
    /// </summary>
    public ForwarderRequestConfig ConfigFor(HttpRequest request, RoutableInstance instance, TimeSpan timeout)
    {
        var config = IsGrpc(request.ContentType) || SpeaksHttp2(instance) ? http2 : http1;
        return timeout <= config.ActivityTimeout ? config : config with { ActivityTimeout = timeout + Grace };
    }

    public void Dispose() => Invoker.Dispose();

    /// <summary>Whether a request is a call of gRPC.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    private static bool SpeaksHttp2(RoutableInstance instance)
    {
        var metadata = instance.Instance.Metadata;
        return !metadata.IsEmpty && metadata.TryGetValue(ProtocolKey, out var protocol) && protocol is "h2c" or "h2";
    }

    // A proxy passes on; it does not act for the client: no redirects, cookies, decompression or proxy of its own.
    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        PreAuthenticate = false,
        // The trace is continued by the pipeline's own span, not by one of the client library.
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        // Bounds how long a name that moved to another address is still called at the old one.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        // As Kestrel decodes the client's, so that text beyond ASCII goes on as it came.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };
}
