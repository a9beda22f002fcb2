using System.Buffers;
using Gatehouse.Api.Gateway.Forwarding;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>
/// A request's body of which the beginning is remembered, so that it can be read again from the start as long as no more
/// than that has been read. What is remembered is passed on at once: nothing waits for the whole.
/// </summary>
/// <param name="body">What comes from the client.</param>
/// <param name="length">Its length, where it is announced.</param>
/// <param name="count">Told how much comes.</param>
/// <param name="aborted">The client has gone.</param>
internal sealed class ReplayedBody(Stream body, long? length, Action<int> count, CancellationToken aborted) : PassingBody
{
    /// <summary>The most that is remembered, in bytes.</summary>
    public const int Bound = 64 * 1024;

    private const int FirstBuffer = 4 * 1024;

    private byte[] kept = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length ?? FirstBuffer, 1, Bound));
    private int size;
    private int position;
    private bool ended;
    private bool forgotten;

    // A read that an attempt left behind, into the free part of what is kept. The server does not bear that a read is
    // cancelled and the body read on, so it is left to come to its end, and the next attempt takes it up.
    private Task<int>? pending;

    /// <summary>Whether all that was read can be read again.</summary>
    public bool CanRewind => !forgotten && pending is not { IsFaulted: true };

    public override bool CanRead => true;

    /// <summary>Goes back to the start. Nobody reads meanwhile.</summary>
    public void Rewind() => position = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position == size && !ended && !buffer.IsEmpty)
        {
            // Where its length is known, that much can be all of it.
            if (!forgotten && size == Bound && length != Bound)
            {
                Forget();
            }

            if (forgotten)
            {
                var passed = await body.ReadAsync(buffer, cancellationToken);
                count(passed);
                return passed;
            }

            await Fill(cancellationToken);
        }

        var read = Math.Min(buffer.Length, size - position);
        kept.AsMemory(position, read).CopyTo(buffer);
        position += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        // A read that is still under way writes to it.
        if (disposing && !forgotten && pending is null)
        {
            Forget();
        }

        base.Dispose(disposing);
    }

    private async ValueTask Fill(CancellationToken cancellationToken)
    {
        if (pending is null)
        {
            Grow();
            var free = size == Bound ? new byte[1] : kept.AsMemory(size, Math.Min(kept.Length, Bound) - size);
            pending = body.ReadAsync(free, aborted).AsTask();
        }

        var read = await pending.WaitAsync(cancellationToken);
        pending = null;
        count(read);
        if (size + read > Bound)
        {
            throw new InvalidDataException("The body is longer than was announced.");
        }

        size += read;
        ended = read == 0;
    }

    private void Grow()
    {
        if (size < kept.Length || size == Bound)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Bound, kept.Length * 2));
        kept.AsSpan(0, size).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(kept);
        kept = larger;
    }

    private void Forget()
    {
        ArrayPool<byte>.Shared.Return(kept);
        kept = [];
        size = position = 0;
        forgotten = true;
    }
}
