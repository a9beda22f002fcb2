using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Views;

/// <summary>The timings of replicated views, section <c>Gatehouse:Views</c>. All processes of a cluster use the same.</summary>
public sealed class ViewOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Views";

    /// <summary>
    /// How long a replica may trust what it has without hearing from the publisher: the longest a publish waits for a
    /// front door that hangs. 200 ms to 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a replica renews its lease; at most half a lease.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:30")]
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long reads wait for a lapsed lease to be renewed before the cluster counts as unreachable and the last known
    /// state is served. Long enough for the failover of a publisher.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the publisher compares what it has with the owning grains.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Entries in one page of a snapshot.</summary>
    [Range(1, 100_000)]
    public int SnapshotPageSize { get; set; } = 500;

    /// <summary>Changes kept to bring replicas up to date without a snapshot.</summary>
    [Range(1, 1_000_000)]
    public int History { get; set; } = 4096;

    /// <summary>
    /// Added to a lease on the publisher's side, for clocks that run at different rates: 1 % and 20 ms.
    /// </summary>
    internal TimeSpan Margin => (Lease / 100) + TimeSpan.FromMilliseconds(20);

    /// <summary>How long a push is under way at most before it counts as lost; it takes milliseconds.</summary>
    internal TimeSpan PushTimeout => Lease / 6;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RenewEvery > Lease / 2)
        {
            yield return new ValidationResult(
                $"{Section}:RenewEvery ({RenewEvery}) must be at most half of {Section}:Lease ({Lease}).",
                [nameof(RenewEvery)]);
        }
    }
}
