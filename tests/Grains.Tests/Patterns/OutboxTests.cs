using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Tests.Patterns;

public sealed class OutboxTests
{
    private readonly List<string> delivered = [];
    private Outbox<string> outbox = new Outbox<string>().Add("a").Add("b").Add("c");
    private string? refused;

    [Fact]
    public async Task Run_deliversInOrderAndOnce()
    {
        var delivery = Open();

        await delivery.Run();
        await delivery.Run();

        delivered.ShouldBe(["a", "b", "c"]);
        delivery.IsDone.ShouldBeTrue();
        outbox.Without(delivery.Delivered).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_deliveryFails_keepsItAndWhatFollows()
    {
        refused = "b";
        var delivery = Open();

        await Should.ThrowAsync<TimeoutException>(delivery.Run);

        delivery.IsDone.ShouldBeFalse();
        outbox.Without(delivery.Delivered).Entries.Select(entry => entry.Event).ShouldBe(["b", "c"]);
        refused = null;
        await delivery.Run();
        delivered.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Run_eventAddedMeanwhile_isDeliveredToo()
    {
        var delivery = new OutboxDelivery<string>(() => outbox, item =>
        {
            delivered.Add(item);
            outbox = item == "c" ? outbox.Add("d") : outbox;
            return Task.CompletedTask;
        });

        await delivery.Run();

        delivered.ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void Add_afterAllWasDelivered_goesOnCounting() => outbox.Without(3).Add("d").Entries[0].Number.ShouldBe(4);

    private OutboxDelivery<string> Open() => new(() => outbox, item =>
    {
        if (item == refused)
        {
            return Task.FromException(new TimeoutException("Nobody there."));
        }

        delivered.Add(item);
        return Task.CompletedTask;
    });
}
