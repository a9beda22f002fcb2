using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway;

public sealed class RetiredInstanceTests
{
    [Fact]
    public async Task Instance_that_was_taken_out_gets_no_call_and_none_is_lost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var gone = false;
        var late = 0;
        await using var leaving = await Upstream.Start(context =>
        {
            if (Volatile.Read(ref gone))
            {
                Interlocked.Increment(ref late);
            }

            return Task.CompletedTask;
        });
        await using var staying = await Upstream.Start(context => Task.CompletedTask);
        await using var front = await Front.Start([Make.Route("/{**rest}")], []);
        var load = new InstanceLoad();
        var both = ImmutableArray.Create(
            new RoutableInstance(Make.Entry("1", leaving.Address), load), Make.Routable(Make.Entry("2", staying.Address)));
        var with = RegistrySnapshot.Empty with { Services = RegistrySnapshot.Empty.Services.Add("BOOKS", Make.Service(both)) };
        var without = RegistrySnapshot.Empty with { Services = RegistrySnapshot.Empty.Services.Add("BOOKS", Make.Service(both.RemoveAt(0))) };
        var statuses = new ConcurrentBag<int>();

        for (var round = 0; round < 20; round++)
        {
            load.SetRetired(false);
            front.Registry.Current = with;
            Volatile.Write(ref gone, false);
            var calls = Enumerable.Range(0, 40).Select(async _ =>
            {
                using var response = await front.Client.GetAsync("/x", cancellation);
                statuses.Add((int)response.StatusCode);
            }).ToArray();

            // As a projection does it: out of the view first for those that read it later, then for those that read before.
            front.Registry.Current = without;
            load.SetRetired(true);
            SpinWait.SpinUntil(() => load.InFlight == 0, TimeSpan.FromSeconds(10)).ShouldBeTrue();
            Volatile.Write(ref gone, true);
            await Task.WhenAll(calls);
        }

        late.ShouldBe(0);
        statuses.ShouldAllBe(status => status == 200);
    }
}
