using System.Net;
using System.Text;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;
using Orleans.Runtime;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class LeaseEndpointsTests : IAsyncLifetime
{
    private const string Id = "h1:orders:8080";

    private readonly EurekaServer server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/eureka/v2/apps/ORDERS")]
    [InlineData("/eureka/apps/orders")]
    [InlineData("/eureka/apps/orders/")]
    public async Task Register_under_either_root_is_204(string path)
    {
        using var response = await server.Send("POST", path, content: EurekaServer.Json(Samples.Json));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        server.Cluster.Registered.Single().ShouldSatisfyAllConditions(
            instance => instance.Service.ShouldBe("ORDERS"),
            instance => instance.Id.ShouldBe(Id),
            instance => instance.Address.ShouldBe("http://h1:8080"));
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("text/xml; charset=utf-8")]
    public async Task Register_takes_xml(string type)
    {
        using var content = new StringContent(Samples.Xml);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await server.Send("POST", "/eureka/apps/ORDERS", content: content);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        server.Cluster.Registered.Single().Id.ShouldBe(Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Register_of_more_than_a_mebibyte_is_413(bool chunked)
    {
        using var content = EurekaServer.Json(new string(' ', RequestBody.MaxRegistration + 1));
        content.Headers.ContentLength = chunked ? null : content.Headers.ContentLength;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/eureka/apps/A") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Register_without_a_media_type_is_415()
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Samples.Json));
        using var response = await server.Send("POST", "/eureka/apps/ORDERS", content: content);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Heartbeat_passes_on_what_the_client_says()
    {
        using var response = await server.Send(
            "PUT",
            "/eureka/v2/apps/orders/h1%3Aorders%3A8080?status=UP&lastDirtyTimestamp=17&overriddenstatus=DOWN",
            ["x-netflix-discovery-replication: true"]);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Cluster.Beats.Single().ShouldBe(("ORDERS", new Heartbeat(Id, 17, Replicated: true, InstanceStatus.Down)));
    }

    [Fact]
    public async Task Heartbeat_of_the_Node_client_is_bare()
    {
        using var response = await server.Send("PUT", $"/eureka/apps/orders/{Id}");

        server.Cluster.Beats.Single().ShouldBe(("ORDERS", new Heartbeat(Id)));
    }

    [Theory]
    [InlineData("PUT", "/eureka/apps/ORDERS/h1:orders:8080")]
    [InlineData("PUT", "/eureka/apps/ORDERS/h1:orders:8080/status?value=UP")]
    [InlineData("DELETE", "/eureka/apps/ORDERS/h1:orders:8080/status")]
    [InlineData("PUT", "/eureka/apps/ORDERS/h1:orders:8080/metadata?a=b")]
    [InlineData("DELETE", "/eureka/apps/ORDERS/h1:orders:8080")]
    public async Task Empty_200_states_its_length_and_type(string method, string path)
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance());
        using var response = await server.Send(method, path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe(0);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/xml");
        response.Headers.TransferEncodingChunked.ShouldBeNull();
    }

    [Theory]
    [InlineData("?lastDirtyTimestamp=soon")]
    [InlineData("?lastDirtyTimestamp=99999999999999999999")]
    [InlineData("?overriddenstatus=BOGUS")]
    public async Task Heartbeat_that_makes_no_sense_is_400(string query)
    {
        using var response = await server.Send("PUT", $"/eureka/apps/ORDERS/{Id}{query}", ["x-netflix-discovery-replication: true"]);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        server.Cluster.Beats.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DELETE", "/eureka/apps/A%20B/i")]
    [InlineData("DELETE", "/eureka/apps/A/%01")]
    [InlineData("DELETE", "/eureka/apps/A/a%2Fb")]
    [InlineData("PUT", "/eureka/apps/A%2FB/i/status?value=UP")]
    [InlineData("PUT", "/eureka/apps/A%0A/i/metadata?a=b")]
    public async Task Command_under_an_impossible_name_wakes_no_grain(string method, string path)
    {
        (await StatusOf(method, path)).ShouldBe(HttpStatusCode.NotFound);
        server.Cluster.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Heartbeat_outdated_is_409_with_the_instance()
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance());
        server.Cluster.Answer = _ => BeatOutcome.Outdated;
        using var response = await server.Send("PUT", $"/eureka/apps/ORDERS/{Id}", ["Accept: application/json"]);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("""{"instance":{"instanceId":"h1:orders:8080",""");
    }

    [Fact]
    public async Task Instance_without_id_answers_to_its_host_and_to_its_made_up_id()
    {
        var unnamed = Samples.Instance(id: "h1");
        server.Cluster.Current = Samples.Snapshot(unnamed with { Eureka = unnamed.Eureka! with { NamedByHost = true } });
        server.Cluster.Answer = beat => beat.Id == "h1" ? BeatOutcome.Renewed : BeatOutcome.RegisterAgain;

        foreach (var id in new[] { "h1", "h1:orders:8080" })
        {
            (await StatusOf("PUT", $"/eureka/apps/ORDERS/{id}")).ShouldBe(HttpStatusCode.OK);
            (await StatusOf("PUT", $"/eureka/apps/ORDERS/{id}/status?value=DOWN")).ShouldBe(HttpStatusCode.OK);
            (await StatusOf("DELETE", $"/eureka/apps/ORDERS/{id}")).ShouldBe(HttpStatusCode.OK);
            (await server.GetText($"/eureka/apps/ORDERS/{id}")).ShouldContain("<instanceId>h1:orders:8080</instanceId>");
            (await server.GetText($"/eureka/instances/{id}")).ShouldContain("<instanceId>h1:orders:8080</instanceId>");
        }

        (await StatusOf("PUT", "/eureka/apps/ORDERS/h2")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("PUT", "/status?value=OUT_OF_SERVICE&lastDirtyTimestamp=9", "set h1:orders:8080 OutOfService 9")]
    [InlineData("PUT", "/status?value=UNKNOWN", "clear h1:orders:8080 Unknown")]
    [InlineData("DELETE", "/status", "clear h1:orders:8080 Unknown")]
    [InlineData("DELETE", "/status?value=UP", "clear h1:orders:8080 Up")]
    [InlineData("PUT", "/metadata?a=b%20c&d=&a=z", "metadata h1:orders:8080 a=z,d=")]
    [InlineData("DELETE", "", "deregister h1:orders:8080")]
    public async Task Command_reaches_the_service(string method, string path, string expected)
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance());

        (await StatusOf(method, $"/eureka/apps/orders/{Id}{path}")).ShouldBe(HttpStatusCode.OK);
        server.Cluster.Calls.ShouldBe([expected]);
    }

    [Theory]
    [InlineData("PUT", "/status")]
    [InlineData("PUT", "/status?value=BOGUS")]
    [InlineData("DELETE", "/status?value=BOGUS")]
    [InlineData("PUT", "/status?value=UP&lastDirtyTimestamp=x")]
    public async Task Status_that_is_none_is_400(string method, string path)
    {
        (await StatusOf(method, $"/eureka/apps/ORDERS/{Id}{path}")).ShouldBe(HttpStatusCode.BadRequest);
        server.Cluster.Calls.ShouldBeEmpty();
    }

    public static TheoryData<Exception> Outages =>
        [new TimeoutException(), new OrleansException(), new NotPublisherException(), new StateNotWrittenException()];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Cluster_that_does_not_answer_is_503(Exception outage)
    {
        server.Cluster.Failure = outage;

        foreach (var method in new[] { "PUT", "DELETE" })
        {
            using var response = await server.Send(method, $"/eureka/apps/ORDERS/{Id}");
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            response.Headers.RetryAfter.ShouldNotBeNull();
        }
    }

    private async Task<HttpStatusCode> StatusOf(string method, string path)
    {
        using var response = await server.Send(method, path);
        return response.StatusCode;
    }
}
