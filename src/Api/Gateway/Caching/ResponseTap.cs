using System.Buffers;
using System.IO.Pipelines;
using Gatehouse.Api.Gateway.Forwarding;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>
/// Stands before a response until it is known what is to become of it: when its status and headers are there, and nothing of it
/// has been sent. Then it passes, passes and is kept, or is held back altogether.
/// </summary>
/// <param name="inner">Where it goes.</param>
/// <param name="decide">Says what is to become of it; called once.</param>
/// <param name="reserve">Asked for room before so many bytes are kept; when there is none, the response just passes.</param>
internal sealed class ResponseTap(IHttpResponseBodyFeature inner, Func<TapVerdict> decide, Func<int, bool> reserve) : PassingBody, IHttpResponseBodyFeature
{
    private ArrayBufferWriter<byte>? kept;
    private PipeWriter? writer;

    /// <summary>What has become of it.</summary>
    public TapVerdict Verdict { get; private set; }

    /// <summary>The body that was kept; null when it is not, or was too long.</summary>
    public ReadOnlyMemory<byte>? Kept => kept?.WrittenMemory;

    Stream IHttpResponseBodyFeature.Stream => this;

    public PipeWriter Writer => writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));

    public override bool CanWrite => true;

    /// <summary>Decides, if nothing has led to it yet: the response has no body.</summary>
    public async ValueTask Finish()
    {
        if (writer is not null)
        {
            await writer.FlushAsync();
        }

        Decide();
    }

    public void DisableBuffering() => inner.DisableBuffering();

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        Decide();
        if (Verdict != TapVerdict.HoldBack)
        {
            await inner.StartAsync(cancellationToken);
        }
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(this, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        await Finish();
        if (Verdict != TapVerdict.HoldBack)
        {
            await inner.CompleteAsync();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Decide();
        if (Verdict == TapVerdict.HoldBack)
        {
            return default;
        }

        Keep(buffer.Span);
        return inner.Stream.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Decide();
        return Verdict == TapVerdict.HoldBack ? Task.CompletedTask : inner.Stream.FlushAsync(cancellationToken);
    }

    private void Decide()
    {
        if (Verdict == TapVerdict.None)
        {
            Verdict = decide();
            kept = Verdict == TapVerdict.Keep ? new ArrayBufferWriter<byte>() : null;
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (kept is null)
        {
            return;
        }

        if (!reserve(part.Length))
        {
            kept = null;
            Verdict = TapVerdict.Pass;
            return;
        }

        kept.Write(part);
    }
}

/// <summary>What is to become of a response.</summary>
internal enum TapVerdict
{
    /// <summary>It has not begun.</summary>
    None = 0,

    /// <summary>It goes to the client.</summary>
    Pass,

    /// <summary>It goes to the client, and is kept.</summary>
    Keep,

    /// <summary>It does not go to the client, who gets another.</summary>
    HoldBack,
}
