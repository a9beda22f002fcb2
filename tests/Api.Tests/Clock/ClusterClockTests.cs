using Gatehouse.Silo.Clock;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Clock;

public sealed class ClusterClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SteppingTime machine = new(Noon);
    private readonly ClusterClock clock;

    public ClusterClockTests() => clock = new ClusterClock(machine);

    [Fact]
    public void GetUtcNow_beforeAReading_isTheMachines() => clock.GetUtcNow().ShouldBe(Noon);

    [Fact]
    public void GetUtcNow_machineIsStepped_goesOn()
    {
        machine.Step = TimeSpan.FromHours(1);
        machine.Advance(TimeSpan.FromSeconds(2));

        clock.GetUtcNow().ShouldBe(Noon.AddSeconds(2));
    }

    [Fact]
    public void Take_storeDiffers_isTheStoresTimeFromThenOn()
    {
        var asked = clock.GetTimestamp();
        machine.Advance(TimeSpan.FromMilliseconds(10));

        clock.Take(Noon.AddHours(-1), asked).ShouldBe(TimeSpan.FromHours(-1) - TimeSpan.FromMilliseconds(5));

        clock.GetUtcNow().ShouldBe(Noon.AddHours(-1).AddMilliseconds(5));
        machine.Advance(TimeSpan.FromMinutes(1));
        clock.GetUtcNow().ShouldBe(Noon.AddHours(-1).AddMinutes(1).AddMilliseconds(5));
    }

    [Fact]
    public void Take_differenceThatTheRoundTripExplains_changesNothing()
    {
        var asked = clock.GetTimestamp();
        machine.Advance(TimeSpan.FromMilliseconds(40));

        // Read right at the start of the way there, or at the end of the way back.
        clock.Take(Noon, asked).ShouldBe(TimeSpan.Zero);
        clock.Take(Noon.AddMilliseconds(40), asked).ShouldBe(TimeSpan.Zero);

        clock.GetUtcNow().ShouldBe(Noon.AddMilliseconds(40));
    }

    // The time of day may be stepped, the timestamps run on.
    private sealed class SteppingTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
