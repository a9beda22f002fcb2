using Gatehouse.Api.Gateway.Forwarding;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>A body, read or written, of which the beginning is kept on the way.</summary>
internal sealed class CapturingStream(Stream body, CapturedBody captured) : PassingBody
{
    public override bool CanRead => body.CanRead;

    public override bool CanWrite => body.CanWrite;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        captured.Add(buffer.Span[..read]);
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        captured.Add(buffer.Span);
        return body.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);
}
