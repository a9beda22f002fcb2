using CsCheck;
using Gatehouse.Grains.Caching;

namespace Gatehouse.Grains.Tests.Caching;

public sealed class CacheStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Later_invalidation_has_a_higher_sequence_also_when_the_clock_goes_back()
    {
        var first = new CacheState().Invalidate(["tag:a"], Now);
        var second = first.Invalidate(["tag:a"], Now - TimeSpan.FromDays(1));

        second.Version.ShouldBe(2);
        second.Invalidations.Single().Sequence.ShouldBe(first.Invalidations.Single().Sequence + 1);
    }

    [Fact]
    public void Everything_stands_for_all_before_it()
    {
        var state = new CacheState().Invalidate(["tag:a", "route:b"], Now).Invalidate([CacheTarget.All], Now);

        state.Invalidations.Single().Target.ShouldBe(CacheTarget.All);
        state.LastChanges().ShouldContain(change => change.Key == "tag:a" && change.Value == null);
    }

    [Fact]
    public void Nothing_that_was_invalidated_is_forgotten_and_the_view_follows()
    {
        Gen.Int[0, ICacheGrain.MaxInvalidations * 2].Array[1, 3].Array[1, 900].Sample(
            commands =>
            {
                var state = new CacheState();
                var invalidated = new Dictionary<string, long>();
                var view = new Dictionary<string, object?>();
                foreach (var command in commands)
                {
                    state = state.Invalidate([.. command.Select(tag => CacheTarget.Tag($"{tag}")).Distinct()], Now);
                    foreach (var tag in command)
                    {
                        invalidated[CacheTarget.Tag($"{tag}")] = state.Invalidations[^1].Sequence;
                    }

                    foreach (var change in state.LastChanges())
                    {
                        if (change.Value is null)
                        {
                            view.Remove(change.Key);
                        }
                        else
                        {
                            view[change.Key] = change.Value;
                        }
                    }
                }

                var now = state.Invalidations.ToDictionary(one => one.Target, one => one.Sequence);
                var everything = now.GetValueOrDefault(CacheTarget.All);
                state.Invalidations.Length.ShouldBeLessThanOrEqualTo(ICacheGrain.MaxInvalidations);
                invalidated.ShouldAllBe(one => Math.Max(everything, now.GetValueOrDefault(one.Key)) >= one.Value);
                view.Count.ShouldBe(state.Invalidations.Length);
                state.Invalidations.ShouldAllBe(one => one.Equals(view[one.Target]));
                state.Invalidations.Select(one => one.Sequence).ShouldBeInOrder();
            },
            iter: 20);
    }
}
