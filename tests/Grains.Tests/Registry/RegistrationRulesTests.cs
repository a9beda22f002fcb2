using System.Collections.Immutable;
using Gatehouse.Grains.Registry;
using Shouldly;
using static Gatehouse.Grains.Tests.Registry.ServiceHarness;

namespace Gatehouse.Grains.Tests.Registry;

/// <summary>The recorded behaviour of Eureka's server.</summary>
public sealed class RegistrationRulesTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset T1 = T0.AddSeconds(10);

    [Theory]
    [InlineData(InstanceStatus.Up, InstanceStatus.Unknown, null, InstanceStatus.Up)]
    [InlineData(InstanceStatus.OutOfService, InstanceStatus.Unknown, null, InstanceStatus.OutOfService)]
    [InlineData(InstanceStatus.Down, InstanceStatus.OutOfService, InstanceStatus.Up, InstanceStatus.Down)]
    [InlineData(InstanceStatus.Starting, InstanceStatus.OutOfService, InstanceStatus.Up, InstanceStatus.Starting)]
    [InlineData(InstanceStatus.Up, InstanceStatus.OutOfService, InstanceStatus.Up, InstanceStatus.OutOfService)]
    [InlineData(InstanceStatus.Up, InstanceStatus.Unknown, InstanceStatus.OutOfService, InstanceStatus.OutOfService)]
    [InlineData(InstanceStatus.OutOfService, InstanceStatus.Unknown, InstanceStatus.Up, InstanceStatus.Up)]
    [InlineData(InstanceStatus.Up, InstanceStatus.Unknown, InstanceStatus.Down, InstanceStatus.Up)]
    [InlineData(InstanceStatus.Up, InstanceStatus.Unknown, InstanceStatus.Unknown, InstanceStatus.Up)]
    public void Register_decides_the_status_by_precedence(
        InstanceStatus registered, InstanceStatus held, InstanceStatus? inForce, InstanceStatus expected)
    {
        var existing = inForce is { } status ? Eureka("a") with { Status = status, Override = held } : null;
        var registration = Eureka("a", status: registered) with { Override = existing is null ? held : InstanceStatus.Unknown };

        RegistrationRules.Register(existing, registration, T1).Status.ShouldBe(expected);
    }

    [Fact]
    public void Register_with_an_override_takes_it_when_none_is_held()
    {
        var next = RegistrationRules.Register(null, Eureka("a") with { Override = InstanceStatus.OutOfService }, T0);

        (next.Status, next.Override, next.UpSince).ShouldBe((InstanceStatus.OutOfService, InstanceStatus.OutOfService, null));
    }

    [Fact]
    public void Register_again_under_an_override_keeps_it_and_counts_as_added()
    {
        var up = RegistrationRules.Register(null, Eureka("a"), T0);
        var held = RegistrationRules.SetStatus(up, InstanceStatus.OutOfService, null, T0);
        held.Action.ShouldBe(InstanceAction.Modified);

        var next = RegistrationRules.Register(held, Eureka("a"), T1);

        (next.Status, next.Override).ShouldBe((InstanceStatus.OutOfService, InstanceStatus.OutOfService));
        next.Action.ShouldBe(InstanceAction.Added);
        next.RegisteredAt.ShouldBe(T1);
        next.UpdatedAt.ShouldBe(T1);
        next.UpSince.ShouldBe(T0);
    }

    [Fact]
    public void Register_of_an_older_version_keeps_the_newer_data()
    {
        var existing = RegistrationRules.Register(null, Eureka("a", dirty: 2000) with { Zone = "new" }, T0);
        var held = RegistrationRules.SetStatus(existing, InstanceStatus.OutOfService, null, T0);

        var next = RegistrationRules.Register(held, Eureka("a", dirty: 1000) with { Zone = "old" }, T1);

        next.Zone.ShouldBe("new");
        next.Eureka!.LastDirtyTimestamp.ShouldBe(2000);
        next.RegisteredAt.ShouldBe(T1);
    }

    [Fact]
    public void Register_after_removal_starts_anew()
    {
        var up = RegistrationRules.Register(null, Eureka("a", dirty: 2000), T0);
        var held = RegistrationRules.SetStatus(up, InstanceStatus.OutOfService, null, T0);
        var gone = RegistrationRules.Remove(held, T0);

        var next = RegistrationRules.Register(gone, Eureka("a", dirty: 1000), T1);

        (next.Status, next.Override, next.Action).ShouldBe((InstanceStatus.Up, InstanceStatus.Unknown, InstanceAction.Added));
        (next.RemovedAt, next.UpSince).ShouldBe(((DateTimeOffset?)null, T1));
        next.Eureka!.LastDirtyTimestamp.ShouldBe(1000);
    }

    [Fact]
    public void Register_clears_suspicion()
    {
        var suspect = RegistrationRules.Register(null, Native("a"), T0) with { Suspect = true };

        RegistrationRules.Register(suspect, Native("a"), T1).Suspect.ShouldBeFalse();
    }

    [Fact]
    public void SetStatus_records_a_newer_client_version_only()
    {
        var up = RegistrationRules.Register(null, Eureka("a", dirty: 5), T0);

        RegistrationRules.SetStatus(up, InstanceStatus.Down, 6, T1).Eureka!.LastDirtyTimestamp.ShouldBe(6);
        RegistrationRules.SetStatus(up, InstanceStatus.Down, 4, T1).Eureka!.LastDirtyTimestamp.ShouldBe(5);
        RegistrationRules.SetStatus(up, InstanceStatus.Down, 6, T1).UpdatedAt.ShouldBe(T1);
    }

    [Fact]
    public void SetStatus_twice_changes_nothing_the_second_time()
    {
        var held = RegistrationRules.SetStatus(RegistrationRules.Register(null, Eureka("a"), T0), InstanceStatus.OutOfService, null, T0);

        RegistrationRules.SetStatus(held, InstanceStatus.OutOfService, null, T1).ShouldBeSameAs(held);
    }

    [Fact]
    public void ClearStatus_leaves_the_given_status_and_asks_for_a_registration()
    {
        var held = RegistrationRules.SetStatus(RegistrationRules.Register(null, Eureka("a"), T0), InstanceStatus.OutOfService, null, T0);

        var cleared = RegistrationRules.ClearStatus(held, InstanceStatus.Unknown, T1);

        (cleared.Status, cleared.Override, cleared.Action).ShouldBe((InstanceStatus.Unknown, InstanceStatus.Unknown, InstanceAction.Modified));
        RegistrationRules.Judge(cleared, new Heartbeat("a", 1000)).ShouldBe((BeatOutcome.RegisterAgain, false));
        RegistrationRules.ClearStatus(cleared, InstanceStatus.Up, T1).ShouldBeSameAs(cleared);
    }

    [Fact]
    public void SetMetadata_merges_and_counts_as_a_registration()
    {
        var instance = RegistrationRules.Register(null, Native("a") with { Metadata = Pairs(("zone", "z1"), ("k", "v")) }, T0);

        var next = RegistrationRules.SetMetadata(instance, Pairs(("k", "v2")), T1);

        next.Metadata.ShouldBe(Pairs(("zone", "z1"), ("k", "v2")), ignoreOrder: true);
        (next.Action, next.UpdatedAt, next.RegisteredAt).ShouldBe((InstanceAction.Added, T1, T1));
        RegistrationRules.SetMetadata(next, Pairs(("k", "v2")), T1.AddDays(1)).ShouldBeSameAs(next);
    }

    [Theory]
    [InlineData(null, false, BeatOutcome.Renewed)]
    [InlineData(1000L, false, BeatOutcome.Renewed)]
    [InlineData(1001L, false, BeatOutcome.RegisterAgain)]
    [InlineData(1001L, true, BeatOutcome.RegisterAgain)]
    [InlineData(999L, false, BeatOutcome.Renewed)]
    [InlineData(999L, true, BeatOutcome.Outdated)]
    public void Judge_compares_the_client_versions(long? theirs, bool replicated, BeatOutcome expected)
    {
        var instance = RegistrationRules.Register(null, Eureka("a", dirty: 1000), T0);

        RegistrationRules.Judge(instance, new Heartbeat("a", theirs, replicated)).ShouldBe((expected, true));
    }

    [Fact]
    public void Judge_asks_the_unknown_and_the_removed_to_register()
    {
        var gone = RegistrationRules.Remove(RegistrationRules.Register(null, Native("a"), T0), T0);

        RegistrationRules.Judge(null, new Heartbeat("a")).ShouldBe((BeatOutcome.RegisterAgain, false));
        RegistrationRules.Judge(gone, new Heartbeat("a")).ShouldBe((BeatOutcome.RegisterAgain, false));
    }

    [Fact]
    public void SameContent_notices_every_property_but_the_times()
    {
        var instance = RegistrationRules.Register(null, Eureka("a"), T0);
        RegistrationRules.SameContent(instance, instance with { RegisteredAt = T1, UpdatedAt = T1 }).ShouldBeTrue();
        RegistrationRules.SameContent(instance, instance with { Eureka = instance.Eureka! with { } }).ShouldBeTrue();

        Instance[] changed =
        [
            instance with { Address = "http://other" },
            instance with { Zone = "z" },
            instance with { Weight = 2 },
            instance with { Status = InstanceStatus.Down },
            instance with { Override = InstanceStatus.Up },
            instance with { Suspect = true },
            instance with { Action = InstanceAction.Modified },
            instance with { Metadata = Pairs(("k", "v")) },
            instance with { Lease = TimeSpan.FromSeconds(1) },
            instance with { UpSince = T1 },
            instance with { Eureka = null },
            instance with { Eureka = instance.Eureka with { Port = 1 } },
            instance with { Eureka = instance.Eureka with { DataCenterMetadata = Pairs(("k", "v")) } },
        ];
        changed.ShouldAllBe(other => !RegistrationRules.SameContent(instance, other) && !RegistrationRules.SameContent(other, instance));
    }

    private static ImmutableDictionary<string, string> Pairs(params (string Key, string Value)[] pairs) =>
        pairs.ToImmutableDictionary(pair => pair.Key, pair => pair.Value);
}
