using CsCheck;

namespace Gatehouse.Grains.Tests.Resilience.Circuits;

/// <summary>A half-open circuit admits one probe in the cluster, whatever gets lost, comes late or dies; and goes on admitting.</summary>
public sealed class CircuitModelTests
{
    private const int Steps = 3000;

    [Fact]
    public void No_two_probes_are_under_way_at_once_and_they_do_not_cease() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int).Sample(
            (doors, seed) =>
            {
                var world = new CircuitWorld(new Random(seed), doors);
                for (var i = 0; i < Steps; i++)
                {
                    world.Step();
                }

                world.MostAtOnce.ShouldBeLessThanOrEqualTo(1);
                world.Sent.ShouldBeGreaterThan(5);
                world.Closed.ShouldBeGreaterThan(0);
            },
            iter: 80);
}
