using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Api.Gateway.PriorKnowledge;

/// <summary>An endpoint inside the process, that connections accepted elsewhere are handed over to.</summary>
internal sealed class HandoverEndPoint(string outer) : EndPoint
{
    private readonly Channel<ConnectionContext> connections =
        Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What was handed over and not yet accepted.</summary>
    public ChannelReader<ConnectionContext> Connections => connections.Reader;

    /// <summary>Hands a connection over; returns when it is done with.</summary>
    public Task Serve(ConnectionContext connection)
    {
        var handed = new HandedOverConnection(connection);
        if (!connections.Writer.TryWrite(handed))
        {
            connection.Abort();
            return Task.CompletedTask;
        }

        return handed.Done;
    }

    /// <summary>Takes no more connections.</summary>
    public void Close() => connections.Writer.TryComplete();

    public override string ToString() => $"{outer} (HTTP/2)";
}
