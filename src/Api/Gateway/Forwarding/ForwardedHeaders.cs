using System.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>
/// Writes the headers that tell a service how it was called, anew. What the client sent of them is dropped, since anyone
/// can send anything; only what a configured proxy sent is kept and added to.
/// </summary>
internal sealed class ForwardedHeaders(Peers peers)
{
    public void Write(HttpContext context, HttpRequestHeaders headers, string prefix)
    {
        var request = context.Request;
        var peer = peers.Of(context);
        var origin = peer.Called(request.Scheme, request.Host.Value ?? "");
        if (peer.Trusted)
        {
            Continue(request.Headers, headers, peer, origin, prefix);
            return;
        }

        headers.TryAddWithoutValidation(ForwardedNames.For, peer.Text);
        headers.TryAddWithoutValidation(ForwardedNames.Proto, origin.Scheme);
        if (origin.Host.Length > 0)
        {
            headers.TryAddWithoutValidation(ForwardedNames.Host, origin.Host);
        }

        headers.TryAddWithoutValidation(ForwardedNames.Port, origin.Port);
        headers.TryAddWithoutValidation(ForwardedNames.Forwarded, origin.Forwarded);
        if (prefix.Length > 0)
        {
            headers.TryAddWithoutValidation(ForwardedNames.Prefix, prefix);
        }
    }

    private static void Continue(IHeaderDictionary received, HttpRequestHeaders headers, Peer peer, Origin origin, string prefix)
    {
        headers.TryAddWithoutValidation(ForwardedNames.For, Append(received[ForwardedNames.For].ToString(), ", ", peer.Text));
        var host = Keep(received[ForwardedNames.Host].ToString(), origin.Host);
        if (host.Length > 0)
        {
            headers.TryAddWithoutValidation(ForwardedNames.Host, host);
        }

        // A proxy that says the scheme but not the port has called this port by itself: it is not the client's.
        var proto = received[ForwardedNames.Proto].ToString();
        var port = Keep(received[ForwardedNames.Port].ToString(), proto.Length == 0 ? origin.Port : "");
        headers.TryAddWithoutValidation(ForwardedNames.Proto, Keep(proto, origin.Scheme));
        if (port.Length > 0)
        {
            headers.TryAddWithoutValidation(ForwardedNames.Port, port);
        }

        // A way that begins at the proxy would hide the client that the proxy named in the other headers.
        var forwarded = received[ForwardedNames.Forwarded].ToString();
        if (forwarded.Length > 0)
        {
            headers.TryAddWithoutValidation(ForwardedNames.Forwarded, $"{forwarded}, {origin.Forwarded}");
        }

        var prefixes = Append(received[ForwardedNames.Prefix].ToString().TrimEnd('/'), "", prefix);
        if (prefixes.Length > 0)
        {
            headers.TryAddWithoutValidation(ForwardedNames.Prefix, prefixes);
        }
    }

    private static string Append(string before, string separator, string value) =>
        before.Length == 0 ? value : $"{before}{separator}{value}";

    private static string Keep(string received, string own) => received.Length == 0 ? own : received;
}
