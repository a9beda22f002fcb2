namespace Gatehouse.Bench.Lending;

internal sealed record HoldBody(string Id, string Book, string Member, DateTime PlacedAt, bool Ready, DateTime? PickUpUntil);

/// <summary>The queue for a book.</summary>
internal static class Holds
{
    public static async Task<IResult> Place(HttpContext context, BookRequest request, Commands commands)
    {
        if (string.IsNullOrEmpty(request.Book))
        {
            return Results.Problem(statusCode: 400, detail: "book is required.");
        }

        var (book, member) = (request.Book, request.Member ?? context.User.Identity!.Name!);
        return await commands.Do(context, member, $"hold {book}", StatusCodes.Status201Created, async work =>
        {
            Loans.Refuse(work.Suspended, "suspended", "member");
            Loans.Refuse(work.Points >= Rules.BlockingPoints, "points-owed", "member");
            Loans.Refuse(work.Holds >= Rules.MaxHolds, "too-many-holds", "member");
            work.Add("SELECT FROM books WHERE id = $1 FOR UPDATE", book);
            if (await work.Read(_ => book) is null)
            {
                throw new RefusedException(StatusCodes.Status404NotFound, "unknown-book", "book");
            }

            work.Add(
                """
                SELECT EXISTS (SELECT FROM loans WHERE book = $1 AND member = $2 AND returned_at IS NULL),
                    EXISTS (SELECT FROM holds WHERE book = $1 AND member = $2), (SELECT count(*) FROM holds WHERE book = $1)::int
                """,
                book, member);
            await work.Read(reader =>
            {
                Loans.Refuse(reader.GetBoolean(0), "already-borrowed", "book");
                Loans.Refuse(reader.GetBoolean(1), "already-held", "book");
                Loans.Refuse(reader.GetInt32(2) >= Rules.MaxQueue, "queue-full", "book");
                return book;
            });
            work.Add("INSERT INTO holds (book, member, placed_at) VALUES ($1, $2, $3)", book, member, work.Now);
            SetAside(work, book);
            work.Add("SELECT id, until FROM holds WHERE book = $1 AND member = $2", book, member);
            return (await work.Read(reader => new HoldBody(
                Loans.Id(reader.GetInt64(0)), book, member, work.Now, !reader.IsDBNull(1), reader.IsDBNull(1) ? null : reader.GetDateTime(1))))!;
        });
    }

    public static Task<IResult> Cancel(HttpContext context, long id, string? member, Commands commands) =>
        commands.Do(context, member ?? context.User.Identity!.Name!, $"cancel {id}", StatusCodes.Status200OK, async work =>
        {
            work.Add("SELECT b.id FROM holds h JOIN books b ON b.id = h.book WHERE h.id = $1 AND h.member = $2 FOR UPDATE OF b", id, work.Member);
            if (await work.Read(reader => reader.GetString(0)) is not { } book)
            {
                throw new RefusedException(StatusCodes.Status404NotFound, "unknown-hold", "hold");
            }

            work.Add("DELETE FROM holds WHERE id = $1", id);
            work.Add("UPDATE copies SET hold = NULL WHERE book = $1 AND hold = $2", book, id);
            SetAside(work, book);
            return new { Id = Loans.Id(id), Book = book };
        });

    /// <summary>Sets a copy that became free aside for the first in the queue. The book is locked.</summary>
    public static void SetAside(Work work, string book) => work.Add(
        """
        WITH first AS (
            SELECT h.id, c.number FROM
                (SELECT id FROM holds WHERE book = $1 AND copy IS NULL ORDER BY id LIMIT 1) h,
                (SELECT number FROM copies WHERE book = $1 AND loan IS NULL AND hold IS NULL ORDER BY number LIMIT 1) c),
        ready AS (UPDATE holds SET copy = first.number, until = $2 FROM first WHERE holds.id = first.id)
        UPDATE copies SET hold = first.id FROM first WHERE book = $1 AND copies.number = first.number
        """,
        book, work.Now + Rules.PickUpPeriod);
}
