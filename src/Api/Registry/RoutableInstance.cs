using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>
/// An instance that takes calls, with this front door's count of requests in flight. One object lives as long as the
/// instance can be picked; changed entries get a new object that shares the count.
/// </summary>
public sealed class RoutableInstance
{
    private readonly InstanceLoad load;

    /// <summary>Makes an instance that shares a count of requests in flight.</summary>
    public RoutableInstance(Instance instance, InstanceLoad load)
    {
        Instance = instance;
        Key = instance.Key;
        this.load = load;
    }

    /// <summary>The entry.</summary>
    public Instance Instance { get; }

    /// <summary>The entry's key in the view, <c>SERVICE/id</c>.</summary>
    public string Key { get; }

    /// <summary>Where calls go, as the forwarder takes it.</summary>
    public string Address => Instance.Address;

    /// <summary>Requests in flight from this front door.</summary>
    public int InFlight => load.InFlight;

    /// <summary>
    /// Counts a request in, unless the instance was taken out of the view since it was picked. A caller that gets false
    /// picks again; one that gets true calls <see cref="Leave"/> when the request is over.
    /// </summary>
    public bool TryEnter() => load.TryEnter();

    /// <summary>Counts a request out.</summary>
    public void Leave() => load.Leave();
}

/// <summary>
/// The requests in flight to one instance, and whether it is still in the view. The count is raised before the flag is
/// read, and the flag is set before the count is read, so a drain that sees zero has seen every request.
/// </summary>
public sealed class InstanceLoad
{
    private int inFlight;
    private volatile bool retired;

    /// <summary>Requests in flight from this front door.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>Whether the instance takes no new requests.</summary>
    internal bool Retired => retired;

    internal bool TryEnter()
    {
        Interlocked.Increment(ref inFlight);
        if (!retired)
        {
            return true;
        }

        Interlocked.Decrement(ref inFlight);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref inFlight);

    /// <summary>Sets whether the instance takes no new requests.</summary>
    internal void SetRetired(bool value)
    {
        retired = value;
        Interlocked.MemoryBarrier();
    }
}
