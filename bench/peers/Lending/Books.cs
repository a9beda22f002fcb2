using System.Text;
using Npgsql;

namespace Gatehouse.Bench.Lending;

internal sealed record BookSummary(string Id, string Title, string[] Authors, int? Year, string Language, string? Isbn, int Copies);

/// <summary>Searching by full text, words and their beginnings; pages by title.</summary>
internal static class Books
{
    private const string Columns = "id, title, authors, year, language, isbn, copies";

    public static async Task<IResult> Search(string? q, string? after, int? limit, NpgsqlDataSource source)
    {
        if (q is { Length: > 200 } || limit is < 1 or > 100)
        {
            return Results.Problem(statusCode: 400, detail: "q or limit is out of range.");
        }

        var words = Words(q ?? "");
        var cursor = after?.Split('\n', 2);
        await using var command = source.CreateCommand(
            $"""
            SELECT {Columns}, (count(*) OVER ())::int FROM books
            WHERE {(words.Length == 0 ? "true" : "search @@ to_tsquery('library', $4)")}
                {(cursor is null ? "" : "AND (title COLLATE \"C\", id COLLATE \"C\") > ($2, $3)")}
            ORDER BY title COLLATE "C", id COLLATE "C" LIMIT $1
            """);
        command.Parameters.Add(new() { Value = limit ?? 20 });
        command.Parameters.Add(new() { Value = cursor?[0] ?? "" });
        command.Parameters.Add(new() { Value = cursor?[^1] ?? "" });
        command.Parameters.Add(new() { Value = words });
        var (items, total) = (new List<BookSummary>(), 0);
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                items.Add(new BookSummary(
                    reader.GetString(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.IsDBNull(3) ? null : reader.GetInt32(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetInt32(6)));
                total = reader.GetInt32(7);
            }
        }

        return Results.Ok(new { items, total, next = total > items.Count ? $"{items[^1].Title}\n{items[^1].Id}" : null });
    }

    public static async Task<IResult> Get(string id, HttpContext context, NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT {Columns}, revision, (SELECT count(*) FROM copies WHERE book = $1 AND loan IS NULL AND hold IS NULL)::int,
                (SELECT count(*) FROM holds WHERE book = $1 AND copy IS NULL)::int FROM books WHERE id = $1
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
        {
            return Results.Problem(statusCode: 404, detail: "There is no such book.");
        }

        context.Response.Headers.ETag = $"\"{reader.GetInt64(7)}\"";
        return Results.Ok(new
        {
            id,
            title = reader.GetString(1),
            authors = reader.GetFieldValue<string[]>(2),
            year = reader.IsDBNull(3) ? (int?)null : reader.GetInt32(3),
            language = reader.GetString(4),
            isbn = reader.IsDBNull(5) ? null : reader.GetString(5),
            copies = reader.GetInt32(6),
            available = reader.GetInt32(8),
            waiting = reader.GetInt32(9),
            revision = reader.GetInt64(7),
        });
    }

    private static string Words(string query)
    {
        var words = new StringBuilder();
        foreach (var word in query.Split([.. query.Where(c => !char.IsLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries))
        {
            words.Append(words.Length > 0 ? " & " : "").Append(word).Append(":*");
        }

        return words.ToString();
    }
}
