using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using static Gatehouse.Api.Tests.Lending.LendingHost;

namespace Gatehouse.Api.Tests.Lending;

/// <summary>Lending over HTTP, through the gateway.</summary>
[Collection(SharedLending.Name)]
public sealed class LendingApiTests(LendingHost library)
{
    private readonly string member = NewMember();

    [Fact]
    public async Task Borrow_return_movesTheCopy()
    {
        var book = await library.AddBook("Moving");

        var loan = await Borrow(member, book);
        loan.Status.ShouldBe(201);
        loan.Location.ShouldBe($"/lending/loans/{Uri.EscapeDataString(loan.Text("id"))}");
        (await library.Anybody($"/lending/books/{book}")).Body.GetProperty("available").GetInt32().ShouldBe(0);
        (await library.Member(member, HttpMethod.Get, loan.Location!)).Text("title").ShouldBe("Moving");

        (await library.Member(member, HttpMethod.Post, $"{loan.Location}/return", key: NewKey())).Status.ShouldBe(200);

        (await library.Anybody($"/lending/books/{book}")).Body.GetProperty("available").GetInt32().ShouldBe(1);
        (await library.Member(member, HttpMethod.Get, loan.Location!)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Borrow_repeatedWithItsKey_isAnsweredAsTheFirstTime()
    {
        var (book, key) = (await library.AddBook("Once", copies: 3), NewKey());

        var first = await Borrow(member, book, key);
        var second = await Borrow(member, book, key);

        second.Body.GetRawText().ShouldBe(first.Body.GetRawText());
        (await library.Anybody($"/lending/books/{book}")).Body.GetProperty("available").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Borrow_keyOfAnotherCommand_isRefused()
    {
        var (book, other, key) = (await library.AddBook("One"), await library.AddBook("Other"), NewKey());
        await Borrow(member, book, key);

        var refused = await Borrow(member, other, key);

        (refused.Status, refused.Problem).ShouldBe((422, "idempotency-key-reused"));
        refused.Fields.ShouldBe(["Idempotency-Key"]);
    }

    [Fact]
    public async Task Borrow_sixth_isRefused()
    {
        for (var i = 0; i < 5; i++)
        {
            (await Borrow(member, await library.AddBook($"Many {i}"))).Status.ShouldBe(201);
        }

        var refused = await Borrow(member, await library.AddBook("Many 6"));

        (refused.Status, refused.Problem).ShouldBe((409, "too-many-loans"));
        refused.Fields.ShouldBe(["member"]);
    }

    [Fact]
    public async Task Hold_queue_isServedInOrder()
    {
        var (book, first, second) = (await library.AddBook("Awaited"), NewMember(), NewMember());
        var loan = await Borrow(member, book);
        var hold = await Hold(first, book);
        (await Hold(second, book)).Body.GetProperty("ready").GetBoolean().ShouldBeFalse();
        hold.Status.ShouldBe(201);
        (await library.Member(member, HttpMethod.Post, $"{loan.Location}/renew", key: NewKey())).Problem.ShouldBe("somebody-waits");

        await library.Member(member, HttpMethod.Post, $"{loan.Location}/return", key: NewKey());

        (await Borrow(second, book)).Problem.ShouldBe("no-copy-free");
        (await Borrow(first, book)).Status.ShouldBe(201);
        (await library.Member(first, HttpMethod.Get, $"/lending/members/{first}")).Body.GetProperty("holds").GetArrayLength().ShouldBe(0);
        var queue = await library.Librarian(HttpMethod.Get, $"/lending/holds?book={book}");
        queue.Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("member").GetString()).ShouldBe([second]);
    }

    [Fact]
    public async Task Hold_cancelled_leavesTheQueue()
    {
        var book = await library.AddBook("Given up");
        await Borrow(NewMember(), book);
        var hold = await Hold(member, book);

        (await library.Member(member, HttpMethod.Delete, hold.Location!, key: NewKey())).Status.ShouldBe(204);

        (await library.Anybody($"/lending/books/{book}")).Body.GetProperty("waiting").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Member_seesOnlyTheirOwn()
    {
        var (book, other) = (await library.AddBook("Private"), NewMember());
        var loan = await Borrow(other, book);

        foreach (var path in new[] { $"/lending/members/{other}", loan.Location!, $"/lending/loans?member={other}", $"/lending/holds?member={other}", "/lending/members", "/lending/loans?overdue=true", $"/lending/holds?book={book}", $"/lending/books/{book}/copies" })
        {
            (await library.Member(member, HttpMethod.Get, path)).Status.ShouldBe(403, path);
            (await library.Anybody(path)).Status.ShouldBe(401, path);
            (await library.Send("x", "reader", HttpMethod.Get, path)).Status.ShouldBe(403, path);
            (await library.Librarian(HttpMethod.Get, path)).Status.ShouldBe(200, path);
        }

        (await library.Member(member, HttpMethod.Post, $"{loan.Location}/return", key: NewKey())).Status.ShouldBe(403);
        (await library.Member(member, HttpMethod.Post, "/lending/loans", new { book, member = other }, NewKey())).Status.ShouldBe(403);
        (await library.Member(member, HttpMethod.Post, "/lending/books", new { title = "x", language = "en" }, NewKey())).Status.ShouldBe(403);
        (await library.Member(member, HttpMethod.Post, $"/lending/members/{member}/payments", new { points = 1 }, NewKey())).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Book_change_needsTheTagInForce()
    {
        var book = await library.AddBook("Before");
        var tag = (await library.Anybody($"/lending/books/{book}")).ETag;
        static object Document(string title) => new { title, authors = new[] { "Test Author" }, language = "en", copies = 2 };

        var changed = await library.Librarian(HttpMethod.Put, $"/lending/books/{book}", Document("After"), ifMatch: tag);
        var late = await library.Librarian(HttpMethod.Put, $"/lending/books/{book}", Document("Late"), ifMatch: tag);

        (changed.Status, changed.Text("title"), changed.Body.GetProperty("copies").GetInt32()).ShouldBe((200, "After", 2));
        (late.Status, late.Problem).ShouldBe((412, "precondition-failed"));
        (await library.Anybody("/lending/books?q=after")).Body.GetProperty("items").EnumerateArray().ShouldContain(item => item.GetProperty("id").GetString() == book);
    }

    [Fact]
    public async Task Book_isbn_isUnique()
    {
        const string isbn = "978-0-14-143951-8";
        var body = new { title = "With ISBN", language = "en", isbn };
        var first = await library.Librarian(HttpMethod.Post, "/lending/books", body, NewKey());
        first.Status.ShouldBe(201, first.Body.ToString());

        var second = await library.Librarian(HttpMethod.Post, "/lending/books", body, NewKey());

        (second.Status, second.Problem).ShouldBe((409, "isbn-taken"));
        second.Fields.ShouldBe(["isbn"]);
        (await library.Anybody($"/lending/books?q={isbn}")).Body.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(first.Text("id"));
    }

    [Fact]
    public async Task Book_addedAgainWithItsKey_isTheSame()
    {
        var (key, body) = (NewKey(), new { title = "Added once", language = "en" });

        var first = await library.Librarian(HttpMethod.Post, "/lending/books", body, key);
        var second = await library.Librarian(HttpMethod.Post, "/lending/books", body, key);

        (second.Status, second.Text("id")).ShouldBe((201, first.Text("id")));
    }

    [Fact]
    public async Task Payment_ofMoreThanIsOwed_isRefused()
    {
        var refused = await library.Librarian(HttpMethod.Post, $"/lending/members/{member}/payments", new { points = 1 }, NewKey());

        (refused.Status, refused.Problem).ShouldBe((409, "more-than-owed"));
        refused.Fields.ShouldBe(["points"]);
    }

    [Fact]
    public async Task Members_areListedInPages()
    {
        var ids = new[] { NewMember(), NewMember(), NewMember() };
        foreach (var id in ids)
        {
            (await library.Member(id, HttpMethod.Put, $"/lending/members/{id}", new { name = $"Name of {id}" })).Status.ShouldBe(200);
        }

        await Until.Holds(async () => ids.All((await Listed()).Contains));
    }

    [Theory]
    [InlineData("POST", "/lending/loans", "{}", "book")]
    [InlineData("POST", "/lending/loans", """{"book":5}""", "book")]
    [InlineData("POST", "/lending/loans", """{"book":"x","member":"a b"}""", "member")]
    [InlineData("POST", "/lending/loans", """{"book":"x","colour":1}""", "colour")]
    [InlineData("POST", "/lending/loans", "[]", "$")]
    [InlineData("POST", "/lending/holds", "{}", "book")]
    [InlineData("POST", "/lending/books", """{"title":"x","language":"english language","isbn":"123","copies":-1,"authors":"me"}""", "language,isbn,copies,authors")]
    [InlineData("POST", "/lending/books", """{"title":"  ","language":"en","year":"old"}""", "title,year")]
    [InlineData("POST", "/lending/books", """{"title":"x","language":"en","isbn":"9780141439519"}""", "isbn")]
    [InlineData("POST", "/lending/members/someone/payments", """{"points":0}""", "points")]
    [InlineData("PUT", "/lending/members/someone", """{"name":""}""", "name")]
    [InlineData("GET", "/lending/books?limit=0", null, "limit")]
    [InlineData("GET", "/lending/books?limit=1000&after=%21&colour=red", null, "limit,after,colour")]
    [InlineData("GET", "/lending/books?q=a&q=b", null, "q")]
    [InlineData("GET", "/lending/loans?overdue=maybe", null, "overdue")]
    [InlineData("GET", "/lending/holds?member=a&book=b", null, "book")]
    public async Task Bad_input_isRefusedNamingTheField(string method, string path, string? body, string fields)
    {
        var refused = await library.Librarian(new HttpMethod(method), path, body, method == "POST" ? NewKey() : null);

        refused.Status.ShouldBe(400, refused.Body.ToString());
        refused.Fields.ShouldBe(fields.Split(','), ignoreOrder: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a key")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Command_withoutProperKey_isRefusedNamingTheHeader(string? key)
    {
        var refused = await library.Member(member, HttpMethod.Post, "/lending/loans", new { book = "emma" }, key);

        refused.Status.ShouldBe(400);
        refused.Fields.ShouldBe(["Idempotency-Key"]);
    }

    [Theory]
    [InlineData("/lending/books/none")]
    [InlineData("/lending/loans/1.ada")]
    [InlineData("/lending/loans/nonsense")]
    [InlineData("/lending/nothing")]
    public async Task Unknown_resource_isNotFound(string path) => (await library.Librarian(HttpMethod.Get, path)).Status.ShouldBe(404);

    private async Task<HashSet<string>> Listed()
    {
        var listed = new HashSet<string>();
        var path = "/lending/members?limit=2";
        while (true)
        {
            var page = await library.Librarian(HttpMethod.Get, path);
            page.Status.ShouldBe(200);
            foreach (var item in page.Body.GetProperty("items").EnumerateArray())
            {
                listed.Add(item.GetProperty("id").GetString()!).ShouldBeTrue();
            }

            if (!page.Body.TryGetProperty("next", out JsonElement next))
            {
                return listed;
            }

            path = $"/lending/members?limit=2&after={next.GetString()}";
        }
    }

    private Task<Reply> Borrow(string who, string book, string? key = null) =>
        library.Member(who, HttpMethod.Post, "/lending/loans", new { book }, key ?? NewKey());

    private Task<Reply> Hold(string who, string book) => library.Member(who, HttpMethod.Post, "/lending/holds", new { book }, NewKey());
}
