using System.Net;

namespace Gatehouse.Api.Tests.Hosting;

[Collection(SharedGatehouse.Name)]
public sealed class ListenerTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/dashboard/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/")]
    public async Task Management_path_is_served_by_the_management_listener_only(string path)
    {
        (await host.Management.GetAsync(path, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var foreign = new HttpRequestMessage(HttpMethod.Get, path);
        // A Host header that names the other listener must not matter.
        foreign.Headers.Host = host.Management.BaseAddress!.Authority;
        var response = await host.Public.SendAsync(foreign, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:no-route");
    }

    [Fact]
    public async Task Unknown_management_path_gives_a_problem()
    {
        var response = await host.Management.GetAsync("/nothing/here", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Wrong_method_gives_a_problem_that_names_the_allowed_ones()
    {
        var response = await host.Management.PostAsync("/health/live", null, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldContain("GET");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task No_listener_tells_the_server_software()
    {
        (await host.Management.GetAsync("/health/live", Cancel)).Headers.Contains("Server").ShouldBeFalse();
        (await host.Public.GetAsync("/x", Cancel)).Headers.Contains("Server").ShouldBeFalse();
    }
}
