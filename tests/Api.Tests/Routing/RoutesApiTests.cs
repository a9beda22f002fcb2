using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Routing;

/// <summary>
/// The management of routes on the real host, which this class has to itself: a whole set replaces what others put.
/// </summary>
public sealed class RoutesApiTests(RoutesApiTests.Host fixture) : IClassFixture<RoutesApiTests.Host>
{
    private const string Books = """{"match":{"path":"/books/{**rest}"},"to":{"service":"BOOKS"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Client => fixture.Gatehouse.Management;

    [Fact]
    public async Task A_route_is_put_read_changed_and_deleted()
    {
        await Clear();
        var created = await Send(HttpMethod.Put, "/admin/v1/routes/books", Books);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.OriginalString.ShouldBe("/admin/v1/routes/books");
        var tag = created.Headers.ETag.ShouldNotBeNull();
        tag.IsWeak.ShouldBeFalse();

        var again = await Send(HttpMethod.Put, "/admin/v1/routes/books", Books);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.ETag.ShouldBe(tag);

        var read = await Send(HttpMethod.Get, "/admin/v1/routes/books");
        read.Headers.ETag.ShouldBe(tag);
        read.Headers.GetValues("Route-Source").ShouldBe(["api"]);
        (await Json(read)).GetProperty("match").GetProperty("path").GetString().ShouldBe("/books/{**rest}");
        (await Send(HttpMethod.Get, "/admin/v1/routes/books", headers: ("If-None-Match", tag.Tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await Send(HttpMethod.Get, "/admin/v1/routes/books", headers: ("Accept", "application/yaml"))).Content.Headers.ContentType!.MediaType
            .ShouldBe("application/yaml");

        var changed = await Send(HttpMethod.Put, "/admin/v1/routes/books", Books.Replace("BOOKS", "OTHER", StringComparison.Ordinal), ("If-Match", tag.Tag));
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(tag);
        await ShouldBeProblem(
            await Send(HttpMethod.Delete, "/admin/v1/routes/books", null, ("If-Match", tag.Tag)), HttpStatusCode.PreconditionFailed, "precondition-failed");

        (await Send(HttpMethod.Delete, "/admin/v1/routes/books")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ShouldBeProblem(await Send(HttpMethod.Delete, "/admin/v1/routes/books"), HttpStatusCode.NotFound, "route-not-found");
        await ShouldBeProblem(await Send(HttpMethod.Get, "/admin/v1/routes/books"), HttpStatusCode.NotFound, "route-not-found");
    }

    [Fact]
    public async Task Conditions_of_a_put_are_kept()
    {
        await Clear();
        (await Send(HttpMethod.Put, "/admin/v1/routes/books", Books, ("If-None-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await ShouldBeProblem(
            await Send(HttpMethod.Put, "/admin/v1/routes/books", Books, ("If-None-Match", "*")), HttpStatusCode.PreconditionFailed, "precondition-failed");
        await ShouldBeProblem(
            await Send(HttpMethod.Put, "/admin/v1/routes/books", Books, ("If-Match", "\"r99999\"")), HttpStatusCode.PreconditionFailed, "precondition-failed");
        await ShouldBeProblem(
            await Send(HttpMethod.Put, "/admin/v1/routes/new", Books, ("If-Match", "*")), HttpStatusCode.PreconditionFailed, "precondition-failed");
        await ShouldBeProblem(
            await Send(HttpMethod.Put, "/admin/v1/routes/books", Books, ("If-Match", "garbage")), HttpStatusCode.BadRequest, "bad-request");
        await ShouldBeProblem(
            await Send(HttpMethod.Put, "/admin/v1/routes/books", Books, ("If-None-Match", "\"r1\"")), HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_set_replaces_what_was_put_and_tells_the_difference()
    {
        await Clear();
        await Send(HttpMethod.Put, "/admin/v1/routes/old", Books);

        var answer = await Send(HttpMethod.Put, "/admin/v1/routes", $"[{Books.Insert(1, "\"id\":\"books\",")}]");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var difference = await Json(answer);
        Ids(difference, "added").ShouldBe(["books"]);
        Ids(difference, "removed").ShouldBe(["old"]);
        Ids(difference, "changed").ShouldBeEmpty();
        var all = await Send(HttpMethod.Get, "/admin/v1/routes");
        all.Headers.ETag.ShouldBe(answer.Headers.ETag);
        var text = await all.Content.ReadAsStringAsync(Cancel);
        Ids(await Json(await Send(HttpMethod.Put, "/admin/v1/routes", text, ("If-Match", all.Headers.ETag!.Tag))), "unchanged").ShouldBe(["books"]);
    }

    [Fact]
    public async Task A_dry_run_stores_nothing()
    {
        await Clear();

        var answer = await Send(HttpMethod.Put, "/admin/v1/routes?dryRun=true", $"[{Books.Insert(1, "\"id\":\"books\",")}]");

        Ids(await Json(answer), "added").ShouldBe(["books"]);
        (await Send(HttpMethod.Get, "/admin/v1/routes/books")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await ShouldBeProblem(await Send(HttpMethod.Put, "/admin/v1/routes?dryRun=yes", "[]"), HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_set_in_YAML_is_taken_and_given()
    {
        await Clear();
        const string yaml = "routes:\n- id: books\n  match: { path: /books }\n  to: { service: BOOKS }\n  timeout: 2s\n";

        (await Send(HttpMethod.Put, "/admin/v1/routes", yaml, type: "application/yaml")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var read = await Send(HttpMethod.Get, "/admin/v1/routes", headers: ("Accept", "application/yaml"));
        (await read.Content.ReadAsStringAsync(Cancel)).ShouldContain("timeout: 2s");
    }

    [Fact]
    public async Task A_refused_set_names_every_field_and_changes_nothing()
    {
        await Clear();
        await Send(HttpMethod.Put, "/admin/v1/routes/books", Books);
        const string set = """[{"id":"a","match":{"path":"/a"},"to":{"service":"A"}},{"id":"b","match":{"path":"b"},"to":{"servce":"B"}}]""";

        var problem = await ShouldBeProblem(await Send(HttpMethod.Put, "/admin/v1/routes", set), HttpStatusCode.BadRequest, "invalid-route");

        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(["routes[1].to.servce"]);
        problem.GetProperty("detail").GetString()!.ShouldContain("did you mean 'service'?");
        (await Send(HttpMethod.Get, "/admin/v1/routes/books")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Send(HttpMethod.Get, "/admin/v1/routes/a")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Validate_checks_as_a_put_and_stores_nothing()
    {
        await Clear();
        await Send(HttpMethod.Put, "/admin/v1/routes/books", Books);

        (await Validate($"{Books.Insert(1, "\"id\":\"books\",")}")).GetProperty("valid").GetBoolean().ShouldBeTrue();
        var clash = await Validate(Books.Insert(1, "\"id\":\"clash\","));
        clash.GetProperty("valid").GetBoolean().ShouldBeFalse();
        clash.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("match");
        var broken = await Validate("- id: a\n  match: { path: a }\n  to: { service: A }", "application/yaml");
        broken.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("routes[0].match.path");
        broken.GetProperty("errors")[0].GetProperty("line").GetInt32().ShouldBe(2);
        (await Validate("{")).GetProperty("valid").GetBoolean().ShouldBeFalse();
        (await Send(HttpMethod.Get, "/admin/v1/routes/clash")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("PUT", "/admin/v1/routes/a", "", 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes/a", "{\"a\":", 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes/a", "[]", 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes/a", "{\"id\":\"b\",\"match\":{\"path\":\"/a\"},\"to\":{\"service\":\"A\"}}", 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes/a%20b", Books, 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes/a%2Fb", Books, 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes", "{}", 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes", "null", 400, "invalid-route")]
    [InlineData("PUT", "/admin/v1/routes?source=me", "[]", 400, "bad-request")]
    [InlineData("GET", "/admin/v1/routes?source=me", null, 400, "bad-request")]
    [InlineData("POST", "/admin/v1/routes", "[]", 405, "method-not-allowed")]
    [InlineData("GET", "/admin/v1/routes/%00", null, 400, null)]
    [InlineData("GET", "/admin/v1/routes/..%2f..", null, 404, "route-not-found")]
    public async Task Bad_input_gives_a_problem(string method, string path, string? body, int status, string? code)
    {
        var answer = await Send(new HttpMethod(method), path, body);

        if (code is null)
        {
            ((int)answer.StatusCode).ShouldBe(status);
            return;
        }

        await ShouldBeProblem(answer, (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task A_wrong_media_type_or_size_is_refused()
    {
        await ShouldBeProblem(
            await Send(HttpMethod.Put, "/admin/v1/routes/a", Books, type: "text/plain"), HttpStatusCode.UnsupportedMediaType, "media-type");
        var large = new string(' ', 1024 * 1024 + 1);
        await ShouldBeProblem(await Send(HttpMethod.Put, "/admin/v1/routes/a", large), HttpStatusCode.RequestEntityTooLarge, "too-large");
        var set = new string(' ', 16 * 1024 * 1024 + 1);
        await ShouldBeProblem(await Send(HttpMethod.Put, "/admin/v1/routes", set), HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task Twenty_thousand_routes_are_taken_at_once()
    {
        await Clear();
        var set = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$$"""{"id":"r{{{i}}}","match":{"path":"/r{{{i}}}/{**rest}"},"to":{"service":"S{{{i}}}" }}"""));

        var answer = await Send(HttpMethod.Put, "/admin/v1/routes", $"[{set}]");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Ids(await Json(answer), "added").Length.ShouldBe(20_000);
        (await Send(HttpMethod.Put, "/admin/v1/routes/r1", """{"match":{"path":"/x"},"to":{"service":"S"}}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeProblem(await Send(HttpMethod.Put, "/admin/v1/routes/more", Books), HttpStatusCode.BadRequest, "invalid-route");
    }

    private Task<HttpResponseMessage> Clear() => Send(HttpMethod.Put, "/admin/v1/routes", "[]");

    private async Task<JsonElement> Validate(string body, string type = "application/json")
    {
        var answer = await Send(HttpMethod.Post, "/admin/v1/routes:validate", body, type: type);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await Json(answer);
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        Send(method, path, body, "application/json", headers);

    private async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? body, string type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        // A body that is refused for its length is not sent, so the answer is not lost with the connection.
        request.Headers.ExpectContinue = body?.Length > 1024 * 1024;
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, Cancel);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement;

    private static string[] Ids(JsonElement difference, string name) =>
        [.. difference.GetProperty(name).EnumerateArray().Select(id => id.GetString()!)];

    private static async Task<JsonElement> ShouldBeProblem(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(status, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("type").GetString().ShouldBe($"urn:gatehouse:error:{code}");
        return problem;
    }

    /// <summary>A host for the tests of this class alone.</summary>
    public sealed class Host : IAsyncLifetime
    {
        public GatehouseHost Gatehouse { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gatehouse = await GatehouseHost.Start();

        public ValueTask DisposeAsync() => Gatehouse.DisposeAsync();
    }
}
