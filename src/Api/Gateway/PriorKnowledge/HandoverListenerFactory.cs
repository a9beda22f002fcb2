using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Api.Gateway.PriorKnowledge;

/// <summary>Lets Kestrel listen on a <see cref="HandoverEndPoint"/>.</summary>
internal sealed class HandoverListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is HandoverEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener((HandoverEndPoint)endpoint));

    private sealed class Listener(HandoverEndPoint endpoint) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var connections = endpoint.Connections;
            return await connections.WaitToReadAsync(cancellationToken) && connections.TryRead(out var connection)
                ? connection
                : null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            endpoint.Close();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            endpoint.Close();
            return ValueTask.CompletedTask;
        }
    }
}
