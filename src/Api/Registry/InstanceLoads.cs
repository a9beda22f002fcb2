using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>
/// This front door's counts of requests in flight, by entry of the view. Changed by the one thread that applies the view;
/// read by any.
/// </summary>
internal sealed class InstanceLoads
{
    private readonly ConcurrentDictionary<string, Place> places = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<InstanceLoad>> leaving = new(StringComparer.Ordinal);

    /// <summary>The entries known, those retired but still in the view too.</summary>
    public IEnumerable<string> Keys => places.Keys;

    /// <summary>Loads of former entries with requests still in flight.</summary>
    public int Leaving => leaving.Count;

    /// <summary>The load of an instance that may be picked.</summary>
    public InstanceLoad Admit(Instance instance)
    {
        if (places.TryGetValue(instance.Key, out var place))
        {
            if (place.Address == instance.Address)
            {
                place.Load.SetRetired(false);
                return place.Load;
            }

            // Whoever picked the former address must not get in by the new one's permission.
            Leave(instance.Key, place.Load);
        }

        var load = new InstanceLoad();
        places[instance.Key] = new Place(instance.Address, load);
        return load;
    }

    /// <summary>The entry takes no more requests for now.</summary>
    public void Retire(string key)
    {
        if (places.TryGetValue(key, out var place))
        {
            place.Load.SetRetired(true);
        }
    }

    /// <summary>The entry is gone.</summary>
    public void Remove(string key)
    {
        if (places.TryRemove(key, out var place))
        {
            Leave(key, place.Load);
        }
    }

    /// <summary>Requests in flight to what was taken out under the key.</summary>
    public int InUse(string key)
    {
        var retired = places.TryGetValue(key, out var place) && place.Load.Retired ? place.Load.InFlight : 0;
        return retired + (leaving.TryGetValue(key, out var loads) ? loads.Sum(load => load.InFlight) : 0);
    }

    /// <summary>Forgets former entries without requests in flight.</summary>
    public void Sweep()
    {
        foreach (var (key, loads) in leaving)
        {
            var busy = loads.RemoveAll(load => load.InFlight == 0);
            if (busy.IsEmpty)
            {
                leaving.TryRemove(key, out _);
            }
            else if (busy.Length < loads.Length)
            {
                leaving[key] = busy;
            }
        }
    }

    private void Leave(string key, InstanceLoad load)
    {
        load.SetRetired(true);
        leaving[key] = leaving.TryGetValue(key, out var others) ? others.Add(load) : [load];
    }

    private sealed record Place(string Address, InstanceLoad Load);
}
