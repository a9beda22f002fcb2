using Gatehouse.Grains.Patterns.UniqueIndex;

namespace Gatehouse.Grains.Tests.Patterns;

public sealed class UniqueEntryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly UniqueEntry claimed = new UniqueEntry().Claim("a", Start, Minute);

    [Fact]
    public void Claim_taken_changesNothing() => claimed.Claim("b", Start, Minute).ShouldBe(claimed);

    [Fact]
    public void Claim_lapsed_goesToWhoComesNext() => claimed.Claim("b", Start + Minute, Minute).Owner.ShouldBe("b");

    [Fact]
    public void Claim_ownAgain_isRenewed() => claimed.Claim("a", Start + (Minute / 2), Minute).Lapses.ShouldBe(Start + (1.5 * Minute));

    [Fact]
    public void Confirm_ofTheOwner_lasts() => claimed.Confirm("a").OwnerAt(Start.AddYears(1)).ShouldBe("a");

    [Fact]
    public void Confirm_ofAnother_changesNothing() => claimed.Confirm("b").ShouldBe(claimed);

    [Fact]
    public void Claim_ofTheOwnerOnceConfirmed_staysConfirmed() => claimed.Confirm("a").Claim("a", Start, Minute).Lapses.ShouldBeNull();

    [Fact]
    public void Release_ofTheOwner_frees() => claimed.Confirm("a").Release("a").OwnerAt(Start).ShouldBeNull();

    [Fact]
    public void Release_ofAnother_changesNothing() => claimed.Release("b").ShouldBe(claimed);
}
