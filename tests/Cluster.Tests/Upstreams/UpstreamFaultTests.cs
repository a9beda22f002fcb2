using System.Diagnostics;
using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Upstreams;

/// <summary>
/// Services that are processes, and slow down, fail, hang, break off, die and come back: what one instance does, clients do not
/// see, unless its response had begun; and it is in use again once it is well.
/// </summary>
public sealed class UpstreamFaultTests(UpstreamDoor door) : IClassFixture<UpstreamDoor>
{
    // Each of two or three instances is asked first often enough to open its circuit.
    private const int Enough = 4 * UpstreamService.Throughput;

    [Fact]
    public async Task Slow_instance_is_given_up_for_another_until_its_circuit_opens_and_is_back_when_it_is_fast()
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 3);
        var slow = service.Instances[0];
        await slow.Behave("slow");

        await AllAnsweredByOthers(service, slow);

        (await slow.Calls()).Count.ShouldBeGreaterThanOrEqualTo(UpstreamService.Throughput);
        await IsBackOnceWell(service, slow, () => slow.Behave("well"));
    }

    [Fact]
    public async Task Failing_instance_is_made_up_for_by_others_and_left_alone_while_its_circuit_sleeps()
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 3);
        var failing = service.Instances[0];
        await failing.Behave("failing");

        await AllAnsweredByOthers(service, failing);

        var opened = Stopwatch.GetTimestamp();
        var before = (await failing.Calls()).Count;
        await Eventually.Holds(
            async () =>
            {
                await AllAnsweredByOthers(service, failing);
                return (await failing.Calls()).Count >= before + 2;
            },
            TimeSpan.FromSeconds(20),
            () => "it is tried again now and then");
        // A sleep lies between these two.
        Stopwatch.GetElapsedTime(opened).ShouldBeGreaterThan(UpstreamService.Sleep / 2);
        await IsBackOnceWell(service, failing, () => failing.Behave("well"));
    }

    [Fact]
    public async Task Service_all_of_whose_instances_fail_is_spared_and_answers_again_when_they_do()
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 2);
        foreach (var instance in service.Instances)
        {
            await instance.Behave("failing");
        }

        var first = await service.Call();
        (first.Status, first.Body).ShouldBe((HttpStatusCode.ServiceUnavailable, first.By));
        await Eventually.Holds(
            async () => await service.Call() is { Status: HttpStatusCode.ServiceUnavailable, By: "" } refused
                && refused.Body!.Contains("urn:gatehouse:error:circuit-open", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20),
            () => "the circuit opens");

        foreach (var instance in service.Instances)
        {
            await instance.Behave("well");
        }

        foreach (var instance in service.Instances)
        {
            await Eventually.Holds(
                async () => (await service.Call()).By == instance.Name && await service.Circuit(instance) == "closed",
                TimeSpan.FromSeconds(20),
                () => $"{instance.Name} answers");
        }

        await Eventually.Holds(async () => await service.Circuit() == "closed", TimeSpan.FromSeconds(20), () => "the service's circuit closes");
    }

    [Fact]
    public async Task Hanging_instance_is_given_up_for_others_and_what_must_not_be_repeated_is_not()
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 2);
        var (hung, other) = (service.Instances[0], service.Instances[1]);
        await service.UntilAnsweredBy(hung);
        hung.Process.Suspend();

        // Connections are made and accepted all the same. One of the two comes to it; it is not sent on to the other.
        UpstreamAnswer[] posts = [await service.Call(HttpMethod.Post), await service.Call(HttpMethod.Post)];
        posts.Select(answer => answer.Status).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.GatewayTimeout]);
        var late = posts.Single(answer => answer.Status == HttpStatusCode.GatewayTimeout);
        late.Body!.ShouldContain("urn:gatehouse:error:upstream-timeout");
        (await other.Calls()).ShouldNotContain(late.Id);
        await AllAnsweredByOthers(service, hung);

        await IsBackOnceWell(service, hung, () =>
        {
            hung.Process.Resume();
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData("breaking", 1)]
    [InlineData("breaking", 2)]
    [InlineData("breakingChunks", 1)]
    [InlineData("breakingChunks", 2)]
    public async Task Response_that_breaks_off_is_told_to_the_client_and_not_begun_again_elsewhere(string how, int http)
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 2);
        var (breaking, other) = (service.Instances[0], service.Instances[1]);
        await breaking.Behave(how);

        var answers = new List<UpstreamAnswer>();
        for (var i = 0; i < UpstreamService.Throughput; i++)
        {
            answers.Add(await service.Call(version: new Version(http, http == 1 ? 1 : 0)));
        }

        var broken = answers.Where(answer => answer.By == breaking.Name).ToArray();
        broken.ShouldNotBeEmpty();
        broken.ShouldAllBe(answer => answer.Body == null);
        (await breaking.Calls()).ShouldBe(broken.Select(answer => answer.Id));
        (await other.Calls()).ShouldBe(answers.Except(broken).Select(answer => answer.Id));
        answers.Except(broken).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK && answer.Body == other.Name);
    }

    [Fact]
    public async Task Killed_instance_is_passed_over_and_in_use_again_when_its_port_answers()
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 3);
        var killed = service.Instances[0];
        await service.UntilAnsweredBy(killed);
        await killed.Process.Kill();

        await AllAnsweredByOthers(service, killed);
        await AllAnsweredByOthers(service, killed, HttpMethod.Post);

        await IsBackOnceWell(service, killed, killed.Restart);
    }

    [Fact]
    public async Task Response_whose_instance_is_killed_is_told_to_the_client()
    {
        await using var service = await UpstreamService.Start(door.Process, instances: 1);
        var instance = service.Instances[0];
        await instance.Behave("stuck");

        var call = service.Call();
        await Eventually.Holds(async () => (await instance.Calls()).Count == 1, TimeSpan.FromSeconds(20), instance.Process.Log);
        await instance.Process.Kill();

        var answer = await call;
        (answer.By, answer.Body).ShouldBe((instance.Name, null));
    }

    private static async Task AllAnsweredByOthers(UpstreamService service, UpstreamProcess ill, HttpMethod? method = null)
    {
        var others = service.Instances.Except([ill]).Select(instance => instance.Name).ToArray();
        for (var i = 0; i < Enough; i++)
        {
            var answer = await service.Call(method);
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.ToString());
            others.ShouldContain(answer.By);
            answer.Body.ShouldBe(answer.By);
        }
    }

    // Its circuit opened while it was not, and closes by a call that goes well.
    private static async Task IsBackOnceWell(UpstreamService service, UpstreamProcess instance, Func<Task> cure)
    {
        await Eventually.Holds(async () => await service.Circuit(instance) != "closed", TimeSpan.FromSeconds(20), () => $"the circuit of {instance.Name} opens");
        await cure();
        await service.UntilAnsweredBy(instance);
        await Eventually.Holds(async () => await service.Circuit(instance) == "closed", TimeSpan.FromSeconds(20), () => $"the circuit of {instance.Name} closes");
        await service.UntilAnsweredBy(instance);
    }
}
