using System.Buffers;

namespace Gatehouse.Api.Gateway.Mirroring;

/// <summary>A request's body that is copied as it is read, up to a length.</summary>
internal sealed class CopiedBody(Stream body, long most) : Stream
{
    private ArrayBufferWriter<byte>? copy = new();
    private bool ended;

    /// <summary>Whether it is longer than that.</summary>
    public bool IsTooLong => copy is null;

    /// <summary>The body, when all of it was read and it is not too long; otherwise null.</summary>
    public ReadOnlyMemory<byte>? Whole => ended ? copy?.WrittenMemory : null;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        ended |= read == 0 && !buffer.IsEmpty;
        if (copy is not null && read > 0)
        {
            if (copy.WrittenCount + read > most)
            {
                copy = null;
            }
            else
            {
                copy.Write(buffer.Span[..read]);
            }
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
