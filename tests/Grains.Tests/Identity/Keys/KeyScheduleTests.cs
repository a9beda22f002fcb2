using System.Collections.Immutable;
using CsCheck;
using Gatehouse.Grains.Identity.Keys;

namespace Gatehouse.Grains.Tests.Identity.Keys;

public sealed class KeyScheduleTests
{
    private static readonly SigningKeyOptions Options = new()
    {
        RotateEvery = TimeSpan.FromDays(10),
        AnnounceFor = TimeSpan.FromDays(1),
        RetainFor = TimeSpan.FromDays(2),
    };

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly KeySchedule schedule = new(Options);
    private int minted;

    [Fact]
    public void At_without_any_keys_activates_one_of_each_algorithm_at_once()
    {
        var keys = Step([], Start);

        keys.Select(key => (key.Algorithm, key.Status)).ShouldBe(
            [(SigningAlgorithm.Es256, SigningKeyStatus.Active), (SigningAlgorithm.Rs256, SigningKeyStatus.Active)]);
    }

    [Fact]
    public void At_announces_the_next_key_before_the_active_one_is_due()
    {
        var keys = Step([], Start);

        Step(keys, Start.AddDays(9).AddTicks(-1)).ShouldBe(keys);
        Statuses(Step(keys, Start.AddDays(9))).ShouldBe([SigningKeyStatus.Active, SigningKeyStatus.Announced]);
    }

    [Fact]
    public void At_activates_an_announced_key_retires_its_predecessor_and_drops_that_later()
    {
        var announced = Step(Step([], Start), Start.AddDays(9));

        Step(announced, Start.AddDays(10).AddTicks(-1)).ShouldBe(announced);
        var rotated = Step(announced, Start.AddDays(10));
        Statuses(rotated).ShouldBe([SigningKeyStatus.Retired, SigningKeyStatus.Active]);
        Step(rotated, Start.AddDays(12).AddTicks(-1)).ShouldBe(rotated);
        Statuses(Step(rotated, Start.AddDays(12))).ShouldBe([SigningKeyStatus.Active]);
    }

    [Fact]
    public void At_ignores_a_key_made_for_an_algorithm_that_has_one_meanwhile()
    {
        var keys = Step([], Start);

        schedule.At(keys, [Mint(SigningAlgorithm.Es256)], Start).ShouldBe(keys);
    }

    [Fact]
    public void Rotate_announces_and_a_second_one_changes_nothing()
    {
        var keys = Step([], Start);

        var rotated = Rotate(keys, immediately: false);
        Statuses(rotated).ShouldBe([SigningKeyStatus.Active, SigningKeyStatus.Announced]);
        Rotate(rotated, immediately: false).ShouldBe(rotated);
    }

    [Fact]
    public void Rotate_immediately_signs_with_the_new_key_from_now_on()
    {
        var keys = Step([], Start);

        Statuses(Rotate(keys, immediately: true)).ShouldBe([SigningKeyStatus.Retired, SigningKeyStatus.Active]);
        // What is announced already is known to everybody, so it is what takes over.
        var announced = Rotate(keys, immediately: false);
        var rotated = Rotate(announced, immediately: true);
        rotated.Select(key => key.Id).ShouldBe(announced.Select(key => key.Id));
    }

    [Fact]
    public void Any_history_has_one_active_key_of_each_algorithm_and_keeps_what_signed_lately()
    {
        var step = Gen.Select(Gen.Int[0, 400], Gen.Int[0, 3]);
        step.List[1, 60].Sample(steps =>
        {
            var now = Start;
            var keys = Step([], now);
            foreach (var (hours, command) in steps)
            {
                var before = keys.Where(key => key.Status == SigningKeyStatus.Active).Select(key => key.Id).ToArray();
                now = now.AddHours(hours);
                keys = command switch
                {
                    0 => Rotate(keys, immediately: true, now),
                    1 => Rotate(keys, immediately: false, now),
                    _ => Step(keys, now),
                };
                foreach (var algorithm in Enum.GetValues<SigningAlgorithm>())
                {
                    keys.Count(key => key.Algorithm == algorithm && key.Status == SigningKeyStatus.Active).ShouldBe(1);
                    keys.Count(key => key.Algorithm == algorithm && key.Status == SigningKeyStatus.Announced).ShouldBeLessThan(2);
                }

                keys.Select(key => key.Id).ShouldBeUnique();
                // What was active until this step has just signed: it must still be accepted.
                before.ShouldBeSubsetOf(keys.Select(key => key.Id));
            }
        });
    }

    private ImmutableArray<SigningKey> Step(ImmutableArray<SigningKey> keys, DateTimeOffset now) =>
        schedule.At(keys, schedule.Wanting(keys, now).Select(Mint).ToArray(), now);

    private ImmutableArray<SigningKey> Rotate(ImmutableArray<SigningKey> keys, bool immediately, DateTimeOffset? now = null) =>
        KeySchedule.Rotate(keys, KeySchedule.Rotating(keys).Select(Mint).ToArray(), immediately, now ?? Start);

    private SigningKey Mint(SigningAlgorithm algorithm) =>
        new($"key-{Interlocked.Increment(ref minted)}", algorithm, SigningKeyStatus.Announced, default, default, default);

    private static SigningKeyStatus[] Statuses(ImmutableArray<SigningKey> keys) =>
        [.. keys.Where(key => key.Algorithm == SigningAlgorithm.Es256).Select(key => key.Status)];
}
