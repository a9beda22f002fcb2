namespace Gatehouse.Grains.Resilience.Health;

/// <summary>Asks an instance whether it is well.</summary>
public interface IInstanceProbe
{
    /// <summary>Asks once.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="path">What is asked for.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <returns>Null when it is well; otherwise why not, for people. Throws nothing.</returns>
    Task<string?> Ask(ProbedInstance instance, string path, TimeSpan timeout);
}

/// <summary>An instance to be probed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Where it is: scheme, host and port.</param>
/// <param name="Http2">Whether it says that it speaks HTTP/2.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.health.instance")]
public sealed record ProbedInstance(
    [property: Id(0)] string Id,
    [property: Id(1)] string Address,
    [property: Id(2)] bool Http2);
