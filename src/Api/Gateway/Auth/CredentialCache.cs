using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// What was verified lately, bounded. Two generations: what is used moves to the young one, and when that is full the old
/// one is let go of whole; so a hit takes no lock, and what is in use stays.
/// </summary>
/// <param name="capacity">The most credentials in both generations together.</param>
internal sealed class CredentialCache(int capacity)
{
    private readonly Lock turning = new();
    private volatile ConcurrentDictionary<CredentialHash, VerifiedCredential> young = new();
    private volatile ConcurrentDictionary<CredentialHash, VerifiedCredential> old = new();
    private int added;

    public int Count => young.Count + old.Count;

    public bool TryGet(in CredentialHash hash, [NotNullWhen(true)] out VerifiedCredential? credential)
    {
        if (young.TryGetValue(hash, out credential))
        {
            return true;
        }

        if (!old.TryGetValue(hash, out credential))
        {
            return false;
        }

        Add(hash, credential);
        return true;
    }

    public void Add(in CredentialHash hash, VerifiedCredential credential)
    {
        var into = young;
        if (into.TryAdd(hash, credential))
        {
            if (Interlocked.Increment(ref added) >= capacity / 2)
            {
                Turn(into);
            }
        }
        else
        {
            into[hash] = credential;
        }
    }

    /// <summary>Lets go of a credential that is good no more.</summary>
    public void Remove(in CredentialHash hash)
    {
        // Not counted: a generation may be let go of a little early.
        young.TryRemove(hash, out _);
        old.TryRemove(hash, out _);
    }

    private void Turn(ConcurrentDictionary<CredentialHash, VerifiedCredential> full)
    {
        lock (turning)
        {
            if (ReferenceEquals(young, full))
            {
                old = full;
                young = new ConcurrentDictionary<CredentialHash, VerifiedCredential>();
                added = 0;
            }
        }
    }
}
