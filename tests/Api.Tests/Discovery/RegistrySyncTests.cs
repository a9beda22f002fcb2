using System.Collections.Immutable;
using Gatehouse.Grains.Registry;
using Gatehouse.Silo.Discovery;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Discovery;

public sealed class RegistrySyncTests : IDisposable
{
    private readonly ScriptedService service = new();
    private readonly RegistrySync sync;

    public RegistrySyncTests() => sync = new RegistrySync(_ => service, Write, [], new FakeTimeProvider());

    private ImmutableSortedSet<string> Written { get; set; } = [];

    public void Dispose() => sync.Dispose();

    [Fact]
    public async Task Instance_that_is_deregistered_while_a_beat_is_answered_does_not_come_back()
    {
        await sync.Apply(Wanted("a", "b"));
        service.Deregistering = new TaskCompletionSource();

        var applying = sync.Apply(Wanted("a"));
        // The registry has struck it out and still tells the front doors: the beat is told that it is unknown.
        var beating = sync.Beat();
        service.Deregistering.SetResult();
        await Task.WhenAll(applying, beating);

        service.Instances.Keys.ShouldBe(["a"]);
        Written.ShouldBe(["BOOKS/a"]);
        await sync.Beat();
        service.Instances.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Instance_that_changes_while_a_beat_is_answered_keeps_the_change()
    {
        await sync.Apply(Wanted("a"));
        service.Instances.Clear();
        service.Beating = new TaskCompletionSource();

        var beating = sync.Beat();
        await sync.Apply(Wanted("a").SetItem("BOOKS/a", Slice("a") with { Status = InstanceStatus.Down }));
        service.Beating.SetResult();
        await beating;

        service.Instances["a"].Status.ShouldBe(InstanceStatus.Down);
    }

    [Fact]
    public async Task Instance_that_the_registry_has_forgotten_is_registered_again()
    {
        await sync.Apply(Wanted("a", "b"));
        service.Instances.Remove("b");

        await sync.Beat();

        service.Instances.Keys.ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Beats_go_on_while_a_change_hangs()
    {
        await sync.Apply(Wanted("a", "b"));
        service.Deregistering = new TaskCompletionSource();
        var applying = sync.Apply(Wanted("b"));

        service.Instances["a"] = Slice("a");
        await sync.Beat();

        applying.IsCompleted.ShouldBeFalse();
        service.Deregistering.SetResult();
        await applying;
    }

    private static ImmutableDictionary<string, Instance> Wanted(params string[] ids) =>
        ids.Select(Slice).ToImmutableDictionary(instance => instance.Key);

    private Task Write(ImmutableSortedSet<string> written)
    {
        Written = written;
        return Task.CompletedTask;
    }

    private static Instance Slice(string id) => new()
    {
        Service = "BOOKS",
        Id = id,
        Address = $"http://{id}:8080",
        Status = InstanceStatus.Up,
        Lease = TimeSpan.FromMinutes(1),
    };
}
