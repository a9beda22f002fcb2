using CsCheck;
using Gatehouse.Grains.Placement;

namespace Gatehouse.Grains.Tests.Placement;

public sealed class RendezvousTests
{
    private static readonly Gen<uint[]> Candidates = Gen.UInt.ArrayUnique[1, 12];

    [Fact]
    public void Choose_does_not_depend_on_the_order_of_candidates() =>
        Gen.Select(Gen.UInt, Candidates).Sample((key, candidates) =>
        {
            var reversed = candidates.Reverse().ToArray();

            return candidates[Rendezvous.Choose(key, candidates)] == reversed[Rendezvous.Choose(key, reversed)];
        });

    [Fact]
    public void Candidate_that_joins_takes_keys_and_moves_no_other() =>
        Gen.Select(Gen.UInt, Candidates, Gen.UInt).Sample((key, candidates, joining) =>
        {
            uint[] more = [.. candidates, joining];
            var before = candidates[Rendezvous.Choose(key, candidates)];
            var after = more[Rendezvous.Choose(key, more)];

            return after == before || after == joining;
        });

    [Fact]
    public void Keys_are_spread_evenly()
    {
        uint[] silos = [0x1234, 0x1235, 0xFFFF0000];
        var counts = new int[3];
        for (var key = 0u; key < 30_000; key++)
        {
            counts[Rendezvous.Choose(key, silos)]++;
        }

        counts.ShouldAllBe(count => count > 9_500 && count < 10_500);
    }
}
