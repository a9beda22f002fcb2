namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>A response's body whose length was not announced, and so is counted as it goes.</summary>
internal sealed class CountedStream(Stream body, GatewayCall call) : PassingBody
{
    public override bool CanWrite => true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        call.CountOut(buffer.Length);
        return body.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);
}
