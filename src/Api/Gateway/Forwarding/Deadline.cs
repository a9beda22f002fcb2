using Microsoft.Extensions.ObjectPool;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>
/// The time an upstream has until its response begins. It runs from when the request is sent whole, so that an upload,
/// or a stream from the client, may take as long as it goes on; and it ends with the response's headers, so that a
/// response may as well.
/// </summary>
internal sealed class Deadline : IDisposable
{
    // As many as there are requests under way: by default a pool keeps two for each core, and all others are made anew.
    private static readonly ObjectPool<Deadline> Pool = new DefaultObjectPoolProvider { MaximumRetained = 1024 }.Create<Deadline>();

    private readonly CancellationTokenSource source = new();
    private GatewayCall? call;
    private TimeSpan timeout;
    private volatile bool responded;
    private bool watching;

    /// <summary>Cancelled when the time is up.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Whether the time was up before the response began.</summary>
    public bool Passed => source.IsCancellationRequested;

    /// <summary>A deadline that does not run yet.</summary>
    public static Deadline Rent(GatewayCall call, TimeSpan timeout)
    {
        var deadline = Pool.Get();
        deadline.call = call;
        deadline.timeout = timeout;
        return deadline;
    }

    /// <summary>The request's body, that starts the time when it has been read to its end.</summary>
    public UploadStream Watch(Stream body, GatewayCall? counted)
    {
        watching = true;
        return new UploadStream(body, this, counted);
    }

    /// <summary>The request is sent whole: the time runs, unless the response has already begun.</summary>
    public void Start()
    {
        if (responded)
        {
            return;
        }

        call?.SentWhole();
        source.CancelAfter(timeout);
        // The response may have begun in between, and found nothing to stop.
        if (responded)
        {
            source.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The response has begun: the time no longer matters.</summary>
    public void Stop()
    {
        responded = true;
        source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gives it back, to be used for another request when it was not used up.</summary>
    public void Return()
    {
        // A read of the body may end later than the call did, and must not start the time of another.
        if (!watching && source.TryReset())
        {
            responded = false;
            call = null;
            Pool.Return(this);
        }
        else
        {
            Stop();
        }
    }

    public void Dispose() => source.Dispose();
}
