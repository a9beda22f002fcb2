using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gatehouse.Api.Gateway.PriorKnowledge;

/// <summary>Looks at the first bytes of a connection, without taking them, and hands it on by what they are.</summary>
internal sealed class PrefaceSniffer(HandoverEndPoint http2, TimeSpan patience)
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private enum Finding
    {
        Undecided,
        Http1,
        Http2,
    }

    /// <summary>Serves a new connection until it ends.</summary>
    public async Task Accept(ConnectionContext connection, ConnectionDelegate next)
    {
        var input = connection.Transport.Input;
        var finding = input.TryRead(out var first) ? Look(input, first) : Finding.Undecided;
        if (finding == Finding.Undecided)
        {
            finding = await Wait(connection, input);
        }

        switch (finding)
        {
            case Finding.Http1:
                await next(connection);
                break;
            case Finding.Http2:
                await http2.Serve(connection);
                break;
            default:
                // Silent for too long, or the server stops: nothing was asked, so nothing is answered.
                connection.Abort();
                break;
        }
    }

    private async Task<Finding> Wait(ConnectionContext connection, PipeReader input)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(patience);
        try
        {
            var finding = Finding.Undecided;
            while (finding == Finding.Undecided)
            {
                finding = Look(input, await input.ReadAsync(bound.Token));
            }

            return finding;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return Finding.Undecided;
        }
    }

    private static Finding Look(PipeReader input, ReadResult result)
    {
        var buffer = result.Buffer;
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        Span<byte> start = stackalloc byte[Preface.Length];
        buffer.Slice(0, length).CopyTo(start);

        var finding = Finding.Undecided;
        if (!start[..length].SequenceEqual(Preface[..length]) || (length < Preface.Length && result.IsCompleted))
        {
            finding = Finding.Http1;
        }
        else if (length == Preface.Length)
        {
            finding = Finding.Http2;
        }

        // Examined only while undecided: the next reader is to get what is there at once.
        input.AdvanceTo(buffer.Start, finding == Finding.Undecided ? buffer.End : buffer.Start);
        return finding;
    }
}
