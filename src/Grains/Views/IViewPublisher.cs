using Orleans.Concurrency;

namespace Gatehouse.Grains.Views;

/// <summary>
/// The one publisher of a view; the grain's key is the view's name (<see cref="ViewNames"/>). It gathers the entries of
/// the owning grains, grants leases to replicas and pushes changes to them.
/// </summary>
[Alias("gatehouse.views.publisher")]
public interface IViewPublisher : IGrainWithStringKey
{
    /// <summary>
    /// Makes the owner known, durably, so that every later publisher rebuilds from it. Idempotent; an owner calls it
    /// before its first write.
    /// </summary>
    [Alias("enroll")]
    Task Enroll(GrainId owner);

    /// <summary>
    /// Publishes what an owner has written. When the task completes, every replica has applied the change or holds no
    /// valid lease (V1). Applied once whatever the number of calls; calls of one owner may be under way side by side.
    /// </summary>
    /// <returns>The view's version that includes the change.</returns>
    /// <exception cref="NotPublisherException">This activation has lost the view; call again to reach its successor.</exception>
    [Alias("publish"), ResponseTimeout("00:00:15")]
    Task<ViewVersion> Publish(OwnerUpdate update);

    /// <summary>The epoch of this activation, for <see cref="Supply"/>.</summary>
    [Alias("term")]
    Task<long> Term();

    /// <summary>
    /// Brings an owner's report unasked. An owner that is being moved answers no calls until its publish is done, and a
    /// new publisher completes no publish before every owner has reported: who waits brings the report along.
    /// </summary>
    /// <param name="owner">The owner.</param>
    /// <param name="term">The epoch that was learnt before the report was read; a report of another term may be too old.</param>
    /// <param name="report">What the owner's store holds.</param>
    [Alias("supply")]
    Task Supply(GrainId owner, long term, OwnerReport report);

    /// <summary>Renews, or takes out, a replica's lease, and answers with what the replica has missed.</summary>
    /// <exception cref="NotPublisherException">This activation has lost the view; call again to reach its successor.</exception>
    [Alias("renew")]
    Task<LeaseGrant> Renew(LeaseRequest request);

    /// <summary>Gives a lease back: the replica stops, and no publish needs to wait for it any more.</summary>
    [Alias("release")]
    Task Release(Guid replica);

    /// <summary>
    /// How many uses of an entry that was taken out of the view are still under way, over all replicas that answer.
    /// A draining deregistration polls it.
    /// </summary>
    [Alias("in-use")]
    Task<int> InUse(string key);
}
