using System.Security.Claims;
using System.Text.Json;
using Npgsql;

namespace Gatehouse.Bench.Lending;

/// <summary>A command's refusal, which takes its transaction back.</summary>
internal sealed class RefusedException(int status, string code, string about) : Exception(code)
{
    public int Status => status;

    public string About => about;
}

/// <summary>
/// A command: one transaction, in which the member is locked, the key is looked up, the rules decide, and the reply is kept
/// under the key. A refusal changes nothing and is not kept.
/// </summary>
internal sealed class Commands(NpgsqlDataSource source)
{
    public async Task<IResult> Do(HttpContext context, string member, string command, int status, Func<Work, Task<object>> rules)
    {
        if (context.Request.Headers["Idempotency-Key"] is not [{ Length: > 0 and <= 64 } given])
        {
            return Results.Problem(statusCode: 400, detail: "Idempotency-Key must be given once.");
        }

        if (!context.User.IsInRole("librarian") && context.User.FindFirstValue("sub") != member)
        {
            return Results.Problem(statusCode: 403, detail: "Members see and change only what is their own.");
        }

        var key = $"{context.User.FindFirstValue("sub")}/{given}";
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            var work = await Work.Begin(connection, member, key);
            if (work.Known is { } known)
            {
                return known.Command == command
                    ? Results.Text(known.Body, "application/json", statusCode: known.Status)
                    : Results.Problem(statusCode: 422, detail: "Idempotency-Key must be new for a new command.");
            }

            var reply = JsonSerializer.Serialize(await rules(work), JsonSerializerOptions.Web);
            work.Add(
                "INSERT INTO replies (key, command, status, body, created_at) VALUES ($1, $2, $3, $4, $5)",
                key, command, status, reply, work.Now);
            await work.Flush();
            await transaction.CommitAsync();
            return Results.Text(reply, "application/json", statusCode: status);
        }
        catch (RefusedException refused)
        {
            return Results.Problem(
                statusCode: refused.Status, type: refused.Message, extensions: new Dictionary<string, object?> { ["field"] = refused.About });
        }
    }
}
