using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>
/// An owning grain's way to its view's publisher. The grain enrols before its first write, and publishes after each;
/// both reach the publisher's successor when the publisher fails over meanwhile.
/// </summary>
/// <param name="grains">Where grains are found.</param>
/// <param name="owner">The owning grain.</param>
/// <param name="view">The view's name.</param>
/// <param name="time">The clock that bounds the retries.</param>
/// <param name="report">The owner's <see cref="IViewOwner.Report"/>.</param>
public sealed class ViewOutlet(
    IGrainFactory grains,
    GrainId owner,
    string view,
    TimeProvider time,
    Func<Task<OwnerReport>> report)
{
    /// <summary>How long a publish is tried again; a failover with its recovery wait (V4) fits in.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    // A publish takes milliseconds; only a new publisher, or a front door that hangs, makes it this long.
    private static readonly TimeSpan BringAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private bool enrolled;

    /// <summary>Makes the owner known to every later publisher. To be called before a write that could be the first.</summary>
    public async Task Enroll()
    {
        if (!enrolled)
        {
            await Persist(publisher => publisher.Enroll(owner), () => Task.CompletedTask);
            enrolled = true;
        }
    }

    /// <summary>
    /// Publishes what was written. When it returns, every front door has applied it or holds no valid lease.
    /// </summary>
    /// <param name="version">The version of the owner's state, one more than that of the write before.</param>
    /// <param name="changes">The entries that changed.</param>
    public async Task Publish(long version, ImmutableArray<ViewChange> changes)
    {
        // A new publisher may be asking this owner for its report just now: it comes along, before the change is tried again.
        var publish = Persist(publisher => publisher.Publish(new OwnerUpdate(owner, version, changes)), Bring);
        while (await Task.WhenAny(publish, Task.Delay(BringAfter, time)) != publish)
        {
            await Bring();
        }

        await publish;
    }

    // A grain that is taken down, because its silo stops or its directory entry was lost, finishes its calls and answers no
    // new ones until then. If the publisher is new too, each would wait for the other: the report goes along with the publish then.
    private async Task Bring()
    {
        try
        {
            var publisher = grains.GetGrain<IViewPublisher>(view);
            var term = await publisher.Term();
            await publisher.Supply(owner, term, await report());
        }
        catch (Exception)
        {
            // The publish itself tells what is wrong, or comes here again.
        }
    }

    private async Task Persist(Func<IViewPublisher, Task> call, Func<Task> beforeRetry)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await call(grains.GetGrain<IViewPublisher>(view));
                return;
            }
            // Every failure here is a publisher that is gone or going; publishing is applied once, so asking its
            // successor again is safe.
            catch (Exception e) when (IsFailover(e) && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(RetryAfter, time);
                await beforeRetry();
            }
        }
    }

    private static bool IsFailover(Exception e) =>
        e is NotPublisherException or TimeoutException or OrleansException or OperationCanceledException;
}
