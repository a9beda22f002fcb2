using Gatehouse.Api.Gateway.PriorKnowledge;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Hosting;

/// <summary>How the public listener treats its connections.</summary>
internal static class PublicListener
{
    public static void Configure(ListenOptions listen, bool https)
    {
        listen.Mark(ListenerFeature.Public);
        if (https)
        {
            // Within TLS the two sides agree on the protocol (ALPN).
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            return;
        }

        listen.UseHttp2PriorKnowledge();
    }

    /// <summary>Marks each connection with its listener.</summary>
    public static void Mark(this ListenOptions listen, ListenerFeature listener) =>
        listen.Use(next => connection =>
        {
            connection.Features.Set(listener);
            return next(connection);
        });

    /// <summary>Whether the request came in by the listener.</summary>
    public static bool CameBy(this HttpContext context, ListenerFeature listener) =>
        ReferenceEquals(context.Features.Get<ListenerFeature>(), listener);
}
