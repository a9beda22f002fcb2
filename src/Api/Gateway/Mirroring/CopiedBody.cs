using System.Buffers;
using Gatehouse.Api.Gateway.Forwarding;

namespace Gatehouse.Api.Gateway.Mirroring;

/// <summary>A request's body that is copied as it is read, up to a length.</summary>
internal sealed class CopiedBody(Stream body, long most) : PassingBody
{
    private ArrayBufferWriter<byte>? copy = new();
    private bool ended;

    /// <summary>Whether it is longer than that.</summary>
    public bool IsTooLong => copy is null;

    /// <summary>The body, when all of it was read and it is not too long; otherwise null.</summary>
    public ReadOnlyMemory<byte>? Whole => ended ? copy?.WrittenMemory : null;

    public override bool CanRead => true;

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
}
