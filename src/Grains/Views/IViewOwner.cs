using Orleans.Concurrency;

namespace Gatehouse.Grains.Views;

/// <summary>
/// A grain whose state is the truth behind some entries of a view. It enrols with the publisher before its first write,
/// writes its own state first, then publishes; a publisher that starts anew, or that sees a gap, asks for a report.
/// </summary>
[Alias("gatehouse.views.owner")]
public interface IViewOwner : IGrain
{
    /// <summary>
    /// All entries of the owner, read anew from its store: a report from the memory of an activation that was frozen
    /// and replaced would bring back what is gone. Interleaves, so that it never waits for a publish.
    /// </summary>
    [Alias("report"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    ValueTask<OwnerReport> Report();
}
