using System.Globalization;

namespace Gatehouse.Bench.Lending;

internal sealed record BookRequest(string? Book, string? Member);

internal sealed record LoanBody(
    string Id, string Book, string Title, string Member, int Copy, DateTime BorrowedAt, DateTime Due, int Renewals, bool Overdue);

/// <summary>Borrowing, renewing, returning.</summary>
internal static class Loans
{
    public static async Task<IResult> Borrow(HttpContext context, BookRequest request, Commands commands)
    {
        if (string.IsNullOrEmpty(request.Book))
        {
            return Results.Problem(statusCode: 400, detail: "book is required.");
        }

        var (book, member) = (request.Book, request.Member ?? context.User.Identity!.Name!);
        return await commands.Do(context, member, $"borrow {book}", StatusCodes.Status201Created, async work =>
        {
            Refuse(work.Suspended, "suspended", "member");
            Refuse(work.Points >= Rules.BlockingPoints, "points-owed", "member");
            Refuse(work.Loans >= Rules.MaxLoans, "too-many-loans", "member");
            // The copy that is set aside for the member, or one from the shelf.
            work.Add(
                """
                WITH taken AS (
                    SELECT c.book, c.number, c.hold, b.title FROM copies c JOIN books b ON b.id = c.book
                    WHERE c.book = $1 AND c.loan IS NULL
                        AND NOT EXISTS (SELECT FROM loans WHERE book = $1 AND member = $2 AND returned_at IS NULL)
                        AND (c.hold IS NULL OR c.hold IN (SELECT id FROM holds WHERE book = $1 AND member = $2))
                    ORDER BY c.hold NULLS LAST, c.number LIMIT 1 FOR UPDATE OF c SKIP LOCKED),
                loan AS (
                    INSERT INTO loans (book, copy, member, borrowed_at, due) SELECT book, number, $2, $3, $4 FROM taken RETURNING id),
                fulfilled AS (DELETE FROM holds WHERE id = (SELECT hold FROM taken))
                UPDATE copies c SET loan = loan.id, hold = NULL FROM taken, loan
                WHERE c.book = taken.book AND c.number = taken.number RETURNING loan.id, c.number, taken.title
                """,
                book, member, work.Now, work.Now + Rules.LoanPeriod);
            var loan = await work.Read(reader => new LoanBody(
                Id(reader.GetInt64(0)), book, reader.GetString(2), member, reader.GetInt32(1), work.Now, work.Now + Rules.LoanPeriod, 0, false));
            return loan ?? throw await WhyNot(work, book);
        });
    }

    public static Task<IResult> Return(HttpContext context, long id, string? member, Commands commands) =>
        commands.Do(context, member ?? context.User.Identity!.Name!, $"return {id}", StatusCodes.Status200OK, async work =>
        {
            var loan = await Find(work, id);
            work.Add("UPDATE loans SET returned_at = $2 WHERE id = $1", id, work.Now);
            if (Rules.PointsFor(loan.Due, work.Now) is > 0 and var points)
            {
                work.Add("UPDATE members SET points = points + $2 WHERE id = $1", work.Member, points);
            }

            work.Add("UPDATE copies SET loan = NULL WHERE book = $1 AND number = $2", loan.Book, loan.Copy);
            Holds.SetAside(work, loan.Book);
            return loan;
        });

    public static Task<IResult> Renew(HttpContext context, long id, string? member, Commands commands) =>
        commands.Do(context, member ?? context.User.Identity!.Name!, $"renew {id}", StatusCodes.Status200OK, async work =>
        {
            Refuse(work.Suspended, "suspended", "member");
            var loan = await Find(work, id);
            Refuse(loan.Renewals >= Rules.MaxRenewals, "renewed-too-often", "loan");
            work.Add("SELECT FROM holds WHERE book = $1 AND copy IS NULL LIMIT 1", loan.Book);
            Refuse(await work.Read(_ => loan) is not null, "somebody-waits", "loan");
            work.Add("UPDATE loans SET due = $2, renewals = renewals + 1 WHERE id = $1", id, work.Now + Rules.LoanPeriod);
            return loan with { Due = work.Now + Rules.LoanPeriod, Renewals = loan.Renewals + 1 };
        });

    public static void Refuse(bool refused, string code, string field)
    {
        if (refused)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, code, field);
        }
    }

    public static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    // With the book's lock, so that who returns and who begins to wait see each other.
    private static async Task<LoanBody> Find(Work work, long id)
    {
        work.Add(
            """
            SELECT l.book, l.copy, l.borrowed_at, l.due, l.renewals, b.title FROM loans l JOIN books b ON b.id = l.book
            WHERE l.id = $1 AND l.member = $2 AND l.returned_at IS NULL FOR UPDATE OF b
            """,
            id, work.Member);
        var loan = await work.Read(reader => new LoanBody(
            Id(id), reader.GetString(0), reader.GetString(5), work.Member, reader.GetInt32(1), reader.GetDateTime(2), reader.GetDateTime(3), reader.GetInt32(4), reader.GetDateTime(3) < work.Now));
        return loan ?? throw new RefusedException(StatusCodes.Status404NotFound, "unknown-loan", "loan");
    }

    private static async Task<RefusedException> WhyNot(Work work, string book)
    {
        work.Add("SELECT EXISTS (SELECT FROM loans WHERE book = $1 AND member = $2 AND returned_at IS NULL) FROM books WHERE id = $1", book, work.Member);
        return await work.Read(reader => reader.GetBoolean(0) ? "already-borrowed" : "no-copy-free") is { } code
            ? new RefusedException(StatusCodes.Status409Conflict, code, "book")
            : new RefusedException(StatusCodes.Status404NotFound, "unknown-book", "book");
    }
}
