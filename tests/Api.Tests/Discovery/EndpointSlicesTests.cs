using Gatehouse.Grains.Registry;
using Gatehouse.Silo.Discovery;
using k8s;
using k8s.Models;

namespace Gatehouse.Api.Tests.Discovery;

public sealed class EndpointSlicesTests
{
    private readonly EndpointSlices slices = new(TimeSpan.FromMinutes(1));

    [Fact]
    public void Instances_are_the_pods_of_the_service()
    {
        slices.Replace([Slices.Of("books", "books-1", Slices.Pod("books-a", "10.0.0.1"))]);

        var instance = slices.Instances().ShouldHaveSingleItem().Value;

        instance.ShouldSatisfyAllConditions(
            () => instance.Service.ShouldBe("BOOKS"),
            () => instance.Id.ShouldBe("books-a"),
            () => instance.Address.ShouldBe("http://10.0.0.1:8080"),
            () => instance.Zone.ShouldBe("zone-a"),
            () => instance.Status.ShouldBe(InstanceStatus.Up),
            () => instance.Lease.ShouldBe(TimeSpan.FromMinutes(1)),
            () => instance.Metadata["kubernetes.namespace"].ShouldBe("shop"),
            () => instance.Metadata["kubernetes.node"].ShouldBe("node-1"));
    }

    [Theory]
    [InlineData(true, false, InstanceStatus.Up)]
    [InlineData(null, false, InstanceStatus.Up)]
    [InlineData(false, false, InstanceStatus.Down)]
    [InlineData(false, true, null)]
    [InlineData(true, true, null)]
    public void Conditions_decide_on_the_status(bool? ready, bool terminating, InstanceStatus? expected)
    {
        slices.Replace([Slices.Of("books", "books-1", Slices.Pod("books-a", "10.0.0.1", ready, terminating))]);

        slices.Instances().Values.Select(instance => (InstanceStatus?)instance.Status).ShouldBe(expected is null ? [] : [expected]);
    }

    [Fact]
    public void Labels_name_the_service_and_the_port()
    {
        var slice = Slices.Of("books-v2", "books-1", Slices.Pod("books-a", "10.0.0.1"));
        slice.Metadata.Labels["gatehouse.dev/service"] = "books";
        slice.Metadata.Labels["gatehouse.dev/port"] = "api";
        slice.Ports = [.. slice.Ports, new Discoveryv1EndpointPort { Name = "api", Port = 9443, AppProtocol = "https" }];
        slices.Replace([slice]);

        var instance = slices.Instances().ShouldHaveSingleItem().Value;
        instance.Service.ShouldBe("BOOKS");
        instance.Address.ShouldBe("https://10.0.0.1:9443");
    }

    [Fact]
    public void Port_that_is_named_and_not_there_makes_no_instance()
    {
        var slice = Slices.Of("books", "books-1", Slices.Pod("books-a", "10.0.0.1"));
        slice.Metadata.Labels["gatehouse.dev/port"] = "api";
        slices.Replace([slice]);

        slices.Instances().ShouldBeEmpty();
    }

    [Fact]
    public void Address_of_six_is_written_in_brackets()
    {
        slices.Replace([Slices.Of("books", "books-1", Slices.Pod("books-a", "fd00::1"))]);

        slices.Instances().Single().Value.Address.ShouldBe("http://[fd00::1]:8080");
    }

    [Fact]
    public void Slice_without_endpoints_ports_or_labels_is_passed_over()
    {
        slices.Replace(
        [
            new V1EndpointSlice { Metadata = new V1ObjectMeta { Name = "bare" } },
            new V1EndpointSlice { Metadata = new V1ObjectMeta { Name = "empty", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "x" } } },
        ]);

        slices.Instances().ShouldBeEmpty();
    }

    [Fact]
    public void Changes_add_replace_and_remove_a_slice_and_its_pods()
    {
        slices.Apply(WatchEventType.Added, Slices.Of("books", "books-1", Slices.Pod("a", "10.0.0.1")));
        slices.Apply(WatchEventType.Added, Slices.Of("books", "books-2", Slices.Pod("b", "10.0.0.2")));
        slices.Instances().Keys.ShouldBe(["BOOKS/a", "BOOKS/b"], ignoreOrder: true);

        slices.Apply(WatchEventType.Modified, Slices.Of("books", "books-1", Slices.Pod("c", "10.0.0.3")));
        slices.Instances().Keys.ShouldBe(["BOOKS/b", "BOOKS/c"], ignoreOrder: true);

        slices.Apply(WatchEventType.Deleted, Slices.Of("books", "books-2"));
        slices.Apply(WatchEventType.Bookmark, Slices.Of("", ""));
        slices.Instances().Keys.ShouldBe(["BOOKS/c"]);
    }

    [Fact]
    public void Pod_in_two_slices_is_up_if_one_says_so()
    {
        slices.Apply(WatchEventType.Added, Slices.Of("books", "books-1", Slices.Pod("a", "10.0.0.1")));
        slices.Apply(WatchEventType.Added, Slices.Of("books", "books-2", Slices.Pod("a", "10.0.0.1", ready: false)));

        slices.Instances()["BOOKS/a"].Status.ShouldBe(InstanceStatus.Up);
    }
}
