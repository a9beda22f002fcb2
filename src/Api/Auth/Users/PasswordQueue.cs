namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Where passwords are hashed: a few at a time, since each takes memory and a core for a while, and with a bounded number
/// that wait. Never on a grain's scheduler.
/// </summary>
internal sealed class PasswordQueue : IDisposable
{
    private readonly SemaphoreSlim cores;
    private readonly int places;
    private int inside;

    public PasswordQueue() : this(Math.Max(1, Environment.ProcessorCount / 2), 64)
    {
    }

    internal PasswordQueue(int atOnce, int waiting)
    {
        cores = new SemaphoreSlim(atOnce, atOnce);
        places = atOnce + waiting;
    }

    /// <summary>Does work that hashes.</summary>
    /// <exception cref="PasswordQueueFullException">Too many wait already.</exception>
    public async Task<T> Run<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref inside) > places)
        {
            Interlocked.Decrement(ref inside);
            throw new PasswordQueueFullException();
        }

        try
        {
            await cores.WaitAsync(cancellation);
            try
            {
                return await Task.Run(work, cancellation);
            }
            finally
            {
                cores.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    public void Dispose() => cores.Dispose();
}

/// <summary>More passwords are to be hashed than can be in a reasonable time.</summary>
internal sealed class PasswordQueueFullException() : Exception("Too many logins at once.");
