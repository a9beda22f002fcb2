using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Gateway.PriorKnowledge;

/// <summary>HTTP/1.1 and HTTP/2 on one port without TLS.</summary>
public static class PriorKnowledgeExtensions
{
    /// <summary>
    /// Serves HTTP/2 beside HTTP/1.1 on this endpoint without TLS, to clients that begin with its preface (RFC 9113, 3.3).
    /// Kestrel itself can tell them apart only by TLS's ALPN, so the endpoint looks at a connection's first bytes and hands
    /// one that is HTTP/2 over to an inner endpoint that speaks nothing else. Needs <c>AddGateway</c>.
    /// </summary>
    public static ListenOptions UseHttp2PriorKnowledge(this ListenOptions listen)
    {
        var inner = new HandoverEndPoint(listen.EndPoint?.ToString() ?? "");
        listen.Protocols = HttpProtocols.Http1;
        listen.KestrelServerOptions.Listen(inner, options => options.Protocols = HttpProtocols.Http2);
        var sniffer = new PrefaceSniffer(inner, listen.KestrelServerOptions.Limits.RequestHeadersTimeout);
        listen.Use(next => connection => sniffer.Accept(connection, next));
        return listen;
    }
}
