namespace Gatehouse.Grains.Views;

/// <summary>
/// A position in a view's history: the publisher's epoch, then the number of changes it has accepted in that epoch.
/// Ordered epoch first, so that a version never goes back across a publisher's failover (invariant V3).
/// </summary>
/// <param name="Epoch">The publisher's term of office; 0 stands for "nothing received yet".</param>
/// <param name="Sequence">Changes accepted in this epoch.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.version")]
public readonly record struct ViewVersion([property: Id(0)] long Epoch, [property: Id(1)] long Sequence)
    : IComparable<ViewVersion>
{
    /// <summary>The version of a replica that has received nothing.</summary>
    public static readonly ViewVersion None;

    /// <inheritdoc/>
    public int CompareTo(ViewVersion other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Sequence.CompareTo(other.Sequence);

    /// <summary>Whether <paramref name="left"/> is older than <paramref name="right"/>.</summary>
    public static bool operator <(ViewVersion left, ViewVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is newer than <paramref name="right"/>.</summary>
    public static bool operator >(ViewVersion left, ViewVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not newer than <paramref name="right"/>.</summary>
    public static bool operator <=(ViewVersion left, ViewVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not older than <paramref name="right"/>.</summary>
    public static bool operator >=(ViewVersion left, ViewVersion right) => left.CompareTo(right) >= 0;

    /// <summary>The form used in event ids, metrics and logs: <c>epoch.sequence</c>.</summary>
    public override string ToString() => $"{Epoch}.{Sequence}";
}
