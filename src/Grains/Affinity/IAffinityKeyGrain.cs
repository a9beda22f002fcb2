namespace Gatehouse.Grains.Affinity;

/// <summary>
/// Keeps the one key that all front doors sign affinity cookies with; its grain key is <see cref="Key"/>. The key comes from a front
/// door, protected, and is never open here.
/// </summary>
[Alias("gatehouse.affinity.key")]
public interface IAffinityKeyGrain : IGrainWithStringKey
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "affinity";

    /// <summary>Gives the cluster's key. To be sent again at will.</summary>
    /// <param name="offered">A protected key, that becomes the cluster's when there is none.</param>
    /// <param name="unreadable">The cluster's key as it was given before, when it cannot be opened: it is replaced; otherwise null.</param>
    [Alias("agree")]
    Task<byte[]> Agree(byte[] offered, byte[]? unreadable);
}
