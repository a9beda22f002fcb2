using System.Text;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using static Gatehouse.Api.Tests.Lending.LendingHost;

namespace Gatehouse.Api.Tests.Lending;

/// <summary>
/// Wrong input at every endpoint: refused with a problem that names the field, never answered 5xx, and nothing is left of it.
/// Which endpoints there are is asked of the API's own documentation, so that a new one is not forgotten.
/// </summary>
[Collection(SharedLending.Name)]
public sealed class LendingInputTests(LendingHost library)
{
    private const string Book = """{"title":"x","language":"en"}""";

    // Method, path, body, the fields that are named, the status. BOOK, LOAN and HOLD are there, and of the member MEMBER.
    private static readonly (string Method, string Path, string? Body, string Fields, int Status)[] Refused =
    [
        ("GET", "/lending/books?limit=0", null, "limit", 400),
        ("GET", "/lending/books?limit=1000&after=%21&colour=red", null, "limit,after,colour", 400),
        ("GET", "/lending/books?q=" + new string('x', 201), null, "q", 400),
        ("POST", "/lending/books", "{}", "title,language", 400),
        ("POST", "/lending/books", """{"title":"x","language":"en","copies":101,"authors":[""],"year":1e9}""", "copies,authors[0],year", 400),
        ("POST", "/lending/books", "{", "$", 400),
        ("GET", "/lending/books/none", null, "book", 404),
        ("PUT", "/lending/books/BOOK", """{"title":"x","language":"en","isbn":"9780306406158"}""", "isbn", 400),
        ("PUT", "/lending/books/none", Book, "book", 404),
        ("GET", "/lending/books/none/copies", null, "book", 404),
        ("GET", "/lending/members?limit=x", null, "limit", 400),
        ("GET", "/lending/members/a%20b", null, "member", 404),
        ("PUT", "/lending/members/MEMBER", """{"name":7}""", "name", 400),
        ("PUT", "/lending/members/a%20b", """{"name":"x"}""", "member", 404),
        ("POST", "/lending/members/MEMBER/payments", """{"points":1.5}""", "points", 400),
        ("POST", "/lending/members/MEMBER/payments", """{"points":5}""", "points", 409),
        ("POST", "/lending/members/a%20b/payments", """{"points":5}""", "member", 404),
        ("GET", "/lending/loans?overdue=perhaps", null, "overdue", 400),
        ("GET", "/lending/loans?member=a%20b", null, "member", 400),
        ("POST", "/lending/loans", """{"book":"","member":"MEMBER"}""", "book", 400),
        ("POST", "/lending/loans", """{"book":"none","member":"MEMBER"}""", "book", 404),
        ("POST", "/lending/loans", """{"book":"BOOK","member":"MEMBER"}""", "book", 409),
        ("GET", "/lending/loans/999.MEMBER", null, "loan", 404),
        ("POST", "/lending/loans/999.MEMBER/renew", null, "loan", 404),
        ("POST", "/lending/loans/x/renew", null, "loan", 404),
        ("POST", "/lending/loans/999.MEMBER/return", null, "loan", 404),
        ("POST", "/lending/loans/99999999999999999999.MEMBER/return", null, "loan", 404),
        ("GET", "/lending/holds?book=BOOK&member=MEMBER", null, "book", 400),
        ("GET", "/lending/holds?book=none", null, "book", 404),
        ("POST", "/lending/holds", """{"book":null,"member":"MEMBER"}""", "book", 400),
        ("POST", "/lending/holds", """{"book":"none","member":"MEMBER"}""", "book", 404),
        ("POST", "/lending/holds", """{"book":"BOOK","member":"MEMBER"}""", "book", 409),
        ("DELETE", "/lending/holds/999.MEMBER", null, "hold", 404),
        ("DELETE", "/lending/holds/x", null, "hold", 404),
    ];

    private static readonly string[] Values =
        ["%00", "..%2f..", "%ff%fe", "%F0%9F%92%A9", "'%22%3Cscript%3E", "-1", "1.", ".1", "18446744073709551616.a", new string('a', 300), "%2500", "{}", "a%2Fb"];

    private static readonly string[] Queries =
        ["", "?q=%00", "?limit=-1", "?limit=1e3", "?after=%00", "?after=AAAA", "?overdue=", "?member=%ff", "?book=&member=", "?q&q", "?%00=%00", "?q=" + new string('v', 3000)];

    private static readonly byte[][] Bodies =
    [
        [], "{"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "7"u8.ToArray(), "\"x\""u8.ToArray(), [0xff, 0xfe, 0x00],
        "{\"book\":{},\"member\":[]}"u8.ToArray(), "{\"book\":\"\\ud800\"}"u8.ToArray(), "{\"book\":\"a\",\"book\":\"b\"}"u8.ToArray(),
        "{\"title\":[],\"language\":7,\"authors\":{},\"isbn\":true,\"copies\":\"x\",\"year\":1e400}"u8.ToArray(),
        "{\"points\":-1}"u8.ToArray(), "{\"points\":2147483648}"u8.ToArray(), "{\"name\":\"\\u0000\"}"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('[', 5000)), Encoding.UTF8.GetBytes("{\"name\":\"" + new string('x', 70_000) + "\"}"),
    ];

    [Fact]
    public async Task Every_endpoint_hasItsBadInput()
    {
        var tested = Refused.Select(request => $"{request.Method} {Pattern(request.Path)}").ToHashSet();

        (await Endpoints()).Select(endpoint => $"{endpoint.Method} {Pattern(endpoint.Path)}").ShouldBe(tested, ignoreOrder: true);
    }

    [Fact]
    public async Task Bad_input_isRefusedNamingTheFieldAndLeavesNothing()
    {
        var member = NewMember();
        var book = await library.AddBook("In use");
        (await library.Member(member, HttpMethod.Post, "/lending/loans", new { book }, NewKey())).Status.ShouldBe(201);
        var before = await State(book, member);

        foreach (var (method, path, body, fields, status) in Refused)
        {
            string Filled(string text) => text.Replace("BOOK", book, StringComparison.Ordinal).Replace("MEMBER", member, StringComparison.Ordinal);
            var refused = await library.Librarian(new HttpMethod(method), Filled(path), body is null ? null : Filled(body), NewKey());

            refused.Status.ShouldBe(status, $"{method} {path} {body}: {refused.Body}");
            refused.Fields.ShouldBe(fields.Split(','), ignoreOrder: true, $"{method} {path} {body}");
        }

        (await State(book, member)).ShouldBe(before);
    }

    [Fact]
    public async Task Command_withoutKey_isRefusedNamingTheHeaderAtEveryEndpoint()
    {
        var commands = (await Endpoints()).Where(endpoint => endpoint.Method is "POST" or "DELETE").ToArray();

        commands.Length.ShouldBe(7);
        foreach (var (method, path) in commands)
        {
            var refused = await library.Librarian(new HttpMethod(method), path.Replace("{id}", "1.x", StringComparison.Ordinal), "{}");

            (refused.Status, string.Join(',', refused.Fields)).ShouldBe((400, "Idempotency-Key"), $"{method} {path}");
        }
    }

    [Fact]
    public async Task Hostile_input_isRefusedWithAProblemAndLeavesNothing()
    {
        var random = new Random(20261129);
        var (book, member) = (await library.AddBook("Left alone"), NewMember());
        var before = await State(book, member);
        foreach (var (method, path) in await Endpoints())
        {
            for (var i = 0; i < 60; i++)
            {
                await Attack(method, path.Replace("{id}", Values[random.Next(Values.Length)], StringComparison.Ordinal) + Queries[random.Next(Queries.Length)], random);
            }
        }

        (await State(book, member)).ShouldBe(before);
    }

    private static string Pattern(string path)
    {
        var parts = path.Split('?')[0].Split('/');
        return string.Join('/', parts.Select((part, at) => at == 3 ? "{id}" : part));
    }

    private async Task Attack(string method, string path, Random random)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Add(TestIdentity.Subject, "ada");
        request.Headers.Add(TestIdentity.Role, random.Next(4) == 0 ? "member" : "librarian");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", random.Next(3) == 0 ? "a key" : NewKey());
        request.Headers.TryAddWithoutValidation("If-Match", random.Next(3) == 0 ? "x" : "\"0\"");
        if (method is "POST" or "PUT")
        {
            request.Content = new ByteArrayContent(Bodies[random.Next(Bodies.Length)]);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(4) == 0 ? "text/plain" : "application/json");
        }

        using var response = await library.Public.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBeLessThan(500, $"{method} {path}: {text}");
        // What is no HTTP at all, the server refuses before anybody reads it.
        if (!response.IsSuccessStatusCode && text.Length > 0)
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            problem.GetProperty("type").GetString().ShouldStartWith("urn:gatehouse:error:");
            // Who may not do it, and what is nowhere, has no field.
            if (response.StatusCode is not (System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.PreconditionFailed)
                && problem.GetProperty("type").GetString() != "urn:gatehouse:error:not-found")
            {
                problem.TryGetProperty("errors", out _).ShouldBeTrue($"{method} {path}: {text}");
            }
        }
    }

    private async Task<string> State(string book, string member) =>
        $"{(await library.Librarian(HttpMethod.Get, $"/lending/books/{book}")).Body} {(await library.Librarian(HttpMethod.Get, $"/lending/members/{member}")).Body}";

    private async Task<List<(string Method, string Path)>> Endpoints()
    {
        var document = JsonSerializer.Deserialize<JsonElement>(
            await library.Management.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken));
        return
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               where path.Name.StartsWith("/lending/", StringComparison.Ordinal)
               from operation in path.Value.EnumerateObject()
               select (operation.Name.ToUpperInvariant(), path.Name),
        ];
    }
}
