namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// A position that many threads move on. Starts anywhere, so that front doors, and routes to the same service, do not
/// all begin with the same instance.
/// </summary>
internal sealed class Turn(Random random)
{
    private uint position = (uint)random.Next();

    /// <summary>The next of <paramref name="count"/> places.</summary>
    public int Next(int count) => (int)(Interlocked.Increment(ref position) % (uint)count);
}
