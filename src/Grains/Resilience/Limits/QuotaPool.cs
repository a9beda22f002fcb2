namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>What is left of a quota's period. Only what is reserved in the store can be lent.</summary>
/// <param name="endsAt">When the period ends.</param>
/// <param name="reserved">What earlier activations have reserved, and so may have lent.</param>
internal sealed class QuotaPool(TimeSpan endsAt, long reserved) : PermitPool
{
    /// <summary>How many the period has, as the last ask said.</summary>
    public long Permits { get; set; }

    /// <summary>How many of them are reserved in the store.</summary>
    public long Reserved { get; set; } = reserved;

    /// <summary>How many were lent and did not come back.</summary>
    public long Spent { get; private set; } = reserved;

    // Nothing of a period is used in the next one.
    public override TimeSpan TermAt(TimeSpan now)
    {
        var rest = ResetAfter(now);
        return rest < LimitTimings.Term ? rest : LimitTimings.Term;
    }

    public override int Available(TimeSpan now) =>
        (int)Math.Clamp(Math.Min(Permits, Reserved) - Spent, 0, int.MaxValue);

    public override TimeSpan NextAfter(TimeSpan now) => Spent - Lent < Permits ? TimeSpan.Zero : ResetAfter(now);

    public override TimeSpan ResetAfter(TimeSpan now) => endsAt > now ? endsAt - now : TimeSpan.Zero;

    public override bool AtRest(TimeSpan now) => Spent == 0;

    public override IEnumerable<SpentPermits> Used(TimeSpan now) => [];

    public override void Restore(SpentPermits spent, TimeSpan now) => Spent += spent.Permits;

    protected override void OnLent(int permits) => Spent += permits;

    protected override void OnUsed(int permits, TimeSpan latest)
    {
        // Spent when it was lent.
    }

    protected override void OnReturned(int permits) => Spent -= permits;
}
