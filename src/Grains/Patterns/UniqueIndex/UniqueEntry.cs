namespace Gatehouse.Grains.Patterns.UniqueIndex;

/// <summary>Who has a value, as it is stored, and the rules by which that changes.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.unique-entry")]
internal sealed record UniqueEntry
{
    /// <summary>Who has it; null for nobody.</summary>
    [Id(0)] public string? Owner { get; init; }

    /// <summary>When an unconfirmed claim lapses; null once confirmed.</summary>
    [Id(1)] public DateTimeOffset? Lapses { get; init; }

    /// <summary>Who has it now.</summary>
    public string? OwnerAt(DateTimeOffset now) => Lapses <= now ? null : Owner;

    public UniqueEntry Claim(string owner, DateTimeOffset now, TimeSpan validity)
    {
        var current = OwnerAt(now);
        if (current is not null && current != owner)
        {
            return this;
        }

        return current == owner && Lapses is null ? this : new UniqueEntry { Owner = owner, Lapses = now + validity };
    }

    // A claim that has lapsed is still the caller's as long as nobody else came.
    public UniqueEntry Confirm(string owner) => Owner == owner && Lapses is not null ? this with { Lapses = null } : this;

    public UniqueEntry Release(string owner) => Owner == owner ? new UniqueEntry() : this;
}
