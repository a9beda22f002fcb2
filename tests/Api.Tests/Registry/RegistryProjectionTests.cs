using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;
using Shouldly;
using static Gatehouse.Api.Tests.Registry.Entries;

namespace Gatehouse.Api.Tests.Registry;

public sealed class RegistryProjectionTests
{
    private readonly RegistryProjection projection = new();
    private RegistrySnapshot snapshot = RegistrySnapshot.Empty;
    private long sequence;

    [Fact]
    public void Apply_orders_the_routable_by_id_and_leaves_out_who_takes_no_calls()
    {
        Apply(Up("c"), Up("a"), Up("b") with { Status = InstanceStatus.Down }, Up("d") with { Action = InstanceAction.Deleted });

        Ids("ORDERS").ShouldBe(["a", "c"]);
        snapshot.Services["orders"].All.Keys.ShouldBe(["a", "b", "c", "d"], ignoreOrder: true);
        snapshot.Services["orders"].Name.ShouldBe("ORDERS");
    }

    [Fact]
    public void Apply_uses_suspects_only_when_nobody_is_sure()
    {
        Apply(Up("a") with { Suspect = true }, Up("b"));
        Ids("ORDERS").ShouldBe(["b"]);

        Apply(Up("b") with { Suspect = true });
        Ids("ORDERS").ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Apply_makes_anew_only_what_changed()
    {
        Apply(Up("a"), Up("x", "OTHER"));
        var other = snapshot.Services["OTHER"];

        Apply(Up("b"));

        snapshot.Services["OTHER"].ShouldBeSameAs(other);
        snapshot.Version.ShouldBe(new ViewVersion(1, 2));
    }

    [Fact]
    public void Apply_removes_a_service_with_its_last_entry()
    {
        Apply(Up("a"));
        Apply(Gone("a"));

        snapshot.Services.ShouldBeEmpty();
    }

    [Fact]
    public void Load_lives_on_when_the_entry_changes()
    {
        Apply(Up("a"));
        var before = Routable("a");
        before.TryEnter().ShouldBeTrue();

        Apply(Up("a") with { Weight = 5 });

        Routable("a").ShouldNotBeSameAs(before);
        Routable("a").InFlight.ShouldBe(1);
        before.Leave();
        Routable("a").InFlight.ShouldBe(0);
    }

    [Fact]
    public void Instance_taken_out_admits_nobody_and_its_requests_are_counted_until_done()
    {
        Apply(Up("a"));
        var picked = Routable("a");
        picked.TryEnter().ShouldBeTrue();
        projection.InUse("ORDERS/a").ShouldBe(0, "it is not taken out");

        Apply(Up("a") with { Action = InstanceAction.Deleted });

        picked.TryEnter().ShouldBeFalse();
        projection.InUse("ORDERS/a").ShouldBe(1);
        picked.Leave();
        projection.InUse("ORDERS/a").ShouldBe(0);
    }

    [Fact]
    public void Instance_that_comes_back_admits_again()
    {
        Apply(Up("a"));
        var picked = Routable("a");
        Apply(Up("a") with { Status = InstanceStatus.OutOfService });
        picked.TryEnter().ShouldBeFalse();

        Apply(Up("a"));

        picked.TryEnter().ShouldBeTrue();
        Routable("a").InFlight.ShouldBe(1);
    }

    [Fact]
    public void Instance_that_comes_back_elsewhere_admits_nobody_to_the_old_address()
    {
        Apply(Up("a"));
        var old = Routable("a");
        old.TryEnter().ShouldBeTrue();

        Apply(Up("a") with { Address = "http://moved:1" });

        old.TryEnter().ShouldBeFalse();
        Routable("a").TryEnter().ShouldBeTrue();
        projection.InUse("ORDERS/a").ShouldBe(1);
    }

    [Fact]
    public void Load_of_a_purged_entry_is_freed_once_unused()
    {
        Apply(Up("a"));
        var picked = Routable("a");
        picked.TryEnter().ShouldBeTrue();

        Apply(Gone("a"));
        projection.InUse("ORDERS/a").ShouldBe(1);
        projection.Leaving.ShouldBe(1);
        picked.Leave();
        Apply(Up("b"));

        projection.Leaving.ShouldBe(0);
        projection.InUse("ORDERS/a").ShouldBe(0);
    }

    [Fact]
    public void Replacing_retires_who_is_not_named()
    {
        Apply(Up("a"), Up("b"), Up("x", "OTHER"));
        var a = Routable("a");
        var b = Routable("b");
        a.TryEnter().ShouldBeTrue();
        b.TryEnter().ShouldBeTrue();

        snapshot = projection.Apply(snapshot, [Change(Up("b"))], replace: true, new ViewVersion(2, 1));

        a.TryEnter().ShouldBeFalse();
        projection.InUse("ORDERS/a").ShouldBe(1);
        b.TryEnter().ShouldBeTrue();
        Routable("b").InFlight.ShouldBe(2);
        snapshot.Services.Keys.ShouldBe(["ORDERS"]);
    }

    private void Apply(params object[] entries) => snapshot = projection.Apply(
        snapshot,
        [.. entries.Select(entry => entry as ViewChange ?? Change((Instance)entry))],
        replace: false,
        new ViewVersion(1, ++sequence));

    private RoutableInstance Routable(string id) => snapshot.Services["ORDERS"].Routable.Single(instance => instance.Instance.Id == id);

    private IEnumerable<string> Ids(string service) => snapshot.Services[service].Routable.Select(instance => instance.Instance.Id);
}
