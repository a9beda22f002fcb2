namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>The group of tests that measure: nothing else runs beside them.</summary>
[CollectionDefinition(Group, DisableParallelization = true)]
public abstract class Alone
{
    public const string Group = "alone";
}
