namespace Gatehouse.Grains.Affinity;

/// <summary>The key of affinity cookies as it is stored.</summary>
[GenerateSerializer, Alias("gatehouse.affinity.key-state")]
internal sealed class AffinityKeyState
{
    /// <summary>The key, protected; null when there is none yet.</summary>
    [Id(0)] public byte[]? Protected { get; set; }
}
