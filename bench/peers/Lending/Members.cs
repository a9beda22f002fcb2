using System.Security.Claims;
using Npgsql;

namespace Gatehouse.Bench.Lending;

internal sealed record Payment(int Points);

internal static class Members
{
    public static async Task<IResult> Get(HttpContext context, string id, NpgsqlDataSource source)
    {
        if (!context.User.IsInRole("librarian") && context.User.FindFirstValue("sub") != id)
        {
            return Results.Problem(statusCode: 403, detail: "Members see and change only what is their own.");
        }

        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT name, points FROM members WHERE id = $1") { Parameters = { new() { Value = id } } },
                new(
                    """
                    SELECT l.id, l.book, b.title, l.copy, l.borrowed_at, l.due, l.renewals FROM loans l JOIN books b ON b.id = l.book
                    WHERE l.member = $1 AND l.returned_at IS NULL ORDER BY l.id
                    """) { Parameters = { new() { Value = id } } },
                new("SELECT id, book, placed_at, until FROM holds WHERE member = $1 ORDER BY id") { Parameters = { new() { Value = id } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync();
        var (name, points) = await reader.ReadAsync() ? (reader.GetString(0), reader.GetInt32(1)) : ("", 0);
        var (loans, holds, now) = (new List<LoanBody>(), new List<HoldBody>(), DateTime.UtcNow);
        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            loans.Add(new LoanBody(
                Loans.Id(reader.GetInt64(0)), reader.GetString(1), reader.GetString(2), id, reader.GetInt32(3), reader.GetDateTime(4), reader.GetDateTime(5), reader.GetInt32(6), reader.GetDateTime(5) < now));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            holds.Add(new HoldBody(
                Loans.Id(reader.GetInt64(0)), reader.GetString(1), id, reader.GetDateTime(2), !reader.IsDBNull(3), reader.IsDBNull(3) ? null : reader.GetDateTime(3)));
        }

        return Results.Ok(new { id, name, points, suspended = loans.Exists(loan => loan.Overdue), loans, holds });
    }

    public static Task<IResult> Pay(HttpContext context, string id, Payment payment, Commands commands) =>
        commands.Do(context, id, $"pay {payment.Points}", StatusCodes.Status200OK, work =>
        {
            Loans.Refuse(payment.Points < 1 || payment.Points > work.Points, "more-than-owed", "points");
            work.Add("UPDATE members SET points = points - $2 WHERE id = $1", id, payment.Points);
            return Task.FromResult<object>(new { paid = payment.Points, points = work.Points - payment.Points });
        });
}
