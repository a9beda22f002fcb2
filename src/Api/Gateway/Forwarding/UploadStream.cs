namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>A request's body that starts a deadline when it has been read to its end, and is counted.</summary>
/// <param name="body">The body.</param>
/// <param name="deadline">The deadline.</param>
/// <param name="counted">Where its bytes are counted; null for nowhere.</param>
internal sealed class UploadStream(Stream body, Deadline deadline, GatewayCall? counted) : PassingBody
{
    private volatile bool begun;

    /// <summary>Whether it was read from.</summary>
    public bool Begun => begun;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        begun = true;
        var read = await body.ReadAsync(buffer, cancellationToken);
        counted?.CountIn(read);
        if (read == 0 && !buffer.IsEmpty)
        {
            deadline.Start();
        }

        return read;
    }
}
