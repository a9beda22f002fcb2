using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>A librarian, who looks at what there is in the end, and compares it with what was acknowledged.</summary>
internal sealed class LibraryObserver(HttpClient frontDoor, string apiKey)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string ApiKey => apiKey;

    public async Task<string[]> AddBooks(int[] copies)
    {
        var books = new string[copies.Length];
        var last = "";
        for (var i = 0; i < books.Length; i++)
        {
            var book = new { title = $"Book {i}", authors = new[] { "An Author" }, language = "en", copies = copies[i] };
            var key = $"add-{i}";
            await Eventually.Holds(
                async () =>
                {
                    (var answered, books[i], last) = await TryAdd(book, key);
                    return answered;
                },
                TimeSpan.FromSeconds(30),
                () => last);
        }

        return books;
    }

    // A cluster that has just come up may say that it is not ready; what is refused is a mistake of the test.
    private async Task<(bool Answered, string Id, string Answer)> TryAdd(object book, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/lending/books", UriKind.Relative)) { Content = JsonContent.Create(book) };
        request.Headers.Add("X-API-Key", apiKey);
        request.Headers.Add("Idempotency-Key", key);
        using var response = await frontDoor.SendAsync(request, Cancel);
        var answer = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode is >= 500 or 201).ShouldBeTrue(answer);
        return response.IsSuccessStatusCode
            ? (true, JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("id").GetString()!, answer)
            : (false, "", answer);
    }

    /// <summary>What is not as it was acknowledged, or against the rules; null when nothing is.</summary>
    public async Task<string?> Difference(string[] books, LendingClient[] clients)
    {
        try
        {
            var shelves = await Task.WhenAll(books.Select(Read));
            if (shelves.FirstOrDefault(shelf => shelf.Waiting > 0 && shelf.Available > 0) is { } idle)
            {
                return $"{idle.Book} has a copy on the shelf while somebody waits";
            }

            foreach (var client in clients)
            {
                if (await Difference(shelves, client) is { } difference)
                {
                    return difference;
                }
            }

            return null;
        }
        // A silo was replaced a moment ago.
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private async Task<string?> Difference(Shelf[] shelves, LendingClient client)
    {
        var member = await Get($"/lending/members/{client.Member}");
        var loans = member.GetProperty("loans").EnumerateArray().Select(LendingClient.Read).ToArray();
        var holds = member.GetProperty("holds").EnumerateArray().Select(HoldOf).ToArray();
        var lent = shelves.SelectMany(shelf => shelf.Copies).Where(copy => copy.Member == client.Member && copy.Loan is not null).Select(copy => copy.Loan!).ToArray();
        var held = shelves.SelectMany(shelf => shelf.Holds).Where(hold => hold.Member == client.Member).ToArray();
        if (loans.Length > 5 || member.GetProperty("points").GetInt32() < 0)
        {
            return $"{client.Member} is past the limits: {member}";
        }

        return Same(loans, client.Loans.Values) && Same(lent, client.Loans.Keys) && Same(held, holds) && holds.All(hold => client.Holds.Contains(hold.Id))
            ? null
            : $"{client.Member}: acknowledged {Text(client.Loans.Values)}, has {Text(loans)}, books say {Text(lent)}; holds {Text(holds)}, books say {Text(held)}, acknowledged {Text(client.Holds)}";
    }

    private async Task<Shelf> Read(string book)
    {
        var body = await Get($"/lending/books/{book}");
        var copies = (await Get($"/lending/books/{book}/copies")).GetProperty("items");
        var holds = (await Get($"/lending/holds?book={book}")).GetProperty("items");
        return new Shelf(
            book,
            body.GetProperty("available").GetInt32(),
            body.GetProperty("waiting").GetInt32(),
            [.. copies.EnumerateArray().Select(copy => new CopyPlace(Optional(copy, "loan"), Optional(copy, "member")))],
            [.. holds.EnumerateArray().Select(HoldOf)]);
    }

    private async Task<JsonElement> Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("X-API-Key", apiKey);
        using var response = await frontDoor.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static HoldPlace HoldOf(JsonElement hold) =>
        new(hold.GetProperty("id").GetString()!, hold.GetProperty("member").GetString()!, Optional(hold, "pickUpUntil"));

    private static string? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool Same<T>(IEnumerable<T> left, IEnumerable<T> right) => left.ToHashSet().SetEquals(right);

    private static string Text<T>(IEnumerable<T> items) => $"[{string.Join(", ", items)}]";

    private sealed record Shelf(string Book, int Available, int Waiting, CopyPlace[] Copies, HoldPlace[] Holds);

    private sealed record CopyPlace(string? Loan, string? Member);

    private sealed record HoldPlace(string Id, string Member, string? Until);
}
