namespace Gatehouse.Grains.Placement;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar 1998): each key goes to the candidate with the highest weight for it. Whoever has
/// the same candidates comes to the same result, and a candidate that leaves moves its own keys only.
/// </summary>
public static class Rendezvous
{
    /// <summary>The index of a key's candidate.</summary>
    /// <param name="key">The key's hash.</param>
    /// <param name="candidates">The candidates' hashes; at least one.</param>
    public static int Choose(uint key, ReadOnlySpan<uint> candidates)
    {
        var best = 0;
        var highest = 0UL;
        for (var index = 0; index < candidates.Length; index++)
        {
            var weight = Mix(((ulong)key << 32) | candidates[index]);
            // Of equal weights, which hashes that collide have, the order of candidates must not decide.
            if (index == 0 || weight > highest || (weight == highest && candidates[index] > candidates[best]))
            {
                best = index;
                highest = weight;
            }
        }

        return best;
    }

    // The finalizer of SplitMix64: every bit of the input changes half of the output's.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
