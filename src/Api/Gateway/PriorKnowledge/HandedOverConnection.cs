using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.PriorKnowledge;

/// <summary>
/// A connection as the inner endpoint sees it. It has features of its own, since Kestrel sets some for each endpoint, over
/// those of the connection it is; disposing it gives the connection back to the outer endpoint, which closes it.
/// </summary>
internal sealed class HandedOverConnection(ConnectionContext outer) : ConnectionContext
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the inner endpoint is done with the connection.</summary>
    public Task Done => done.Task;

    public override string ConnectionId
    {
        get => outer.ConnectionId;
        set => outer.ConnectionId = value;
    }

    public override IFeatureCollection Features { get; } = new FeatureCollection(outer.Features);

    public override IDictionary<object, object?> Items
    {
        get => outer.Items;
        set => outer.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => outer.Transport;
        set => outer.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => outer.ConnectionClosed;
        set => outer.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => outer.LocalEndPoint;
        set => outer.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => outer.RemoteEndPoint;
        set => outer.RemoteEndPoint = value;
    }

    public override void Abort(ConnectionAbortedException abortReason) => outer.Abort(abortReason);

    public override ValueTask DisposeAsync()
    {
        done.TrySetResult();
        return base.DisposeAsync();
    }
}
