using System.Security.Cryptography;
using System.Text;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Lending.Books;

namespace Gatehouse.Api.Lending;

/// <summary><c>/lending/books</c>, one book at a time.</summary>
internal static class BookEndpoints
{
    public static async Task<IResult> Get(string id, HttpContext context, LendingCommands lending)
    {
        if (await lending.Find(id, context.RequestAborted) is not { } book)
        {
            return LendingProblems.NoBook(id).AsResult();
        }

        context.Response.Headers.ETag = EntityTags.Of(book.Revision);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(BookBody.Of(book), LendingJson.Default.BookBody);
    }

    public static async Task<IResult> Copies(string id, HttpContext context, LendingCommands lending)
    {
        if (!Caller.TryGetLibrarian(context, out _, out var denied))
        {
            return denied!.AsResult();
        }

        if (await lending.Find(id, context.RequestAborted) is not { } book)
        {
            return LendingProblems.NoBook(id).AsResult();
        }

        var setAside = book.Holds.Where(hold => hold.Copy is not null).ToDictionary(hold => hold.Copy!.Value, hold => hold.Member);
        var copies = book.Copies.Select(copy => (copy.Loan, setAside.GetValueOrDefault(copy.Number)) switch
        {
            ({ } loan, _) => new CopyBody(copy.Number, "lent", loan, copy.Member),
            (null, { } member) => new CopyBody(copy.Number, "on-hold", null, member),
            _ => new CopyBody(copy.Number, "on-shelf", null, null),
        });
        return Results.Json(new ListBody<CopyBody>([.. copies]), LendingJson.Default.ListBodyCopyBody);
    }

    public static async Task<IResult> Add(HttpContext context, LendingCommands lending)
    {
        if (!Caller.TryGetLibrarian(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        if (!IdempotencyKey.TryRead(context.Request, caller.Id, out var operation, out var noKey))
        {
            return noKey.AsResult();
        }

        var (book, refused) = await JsonBody.Read(context.Request, BookDocument.Parse);
        if (book is null)
        {
            return refused!.AsResult();
        }

        // Out of the operation, so that a repetition comes to the same book.
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(operation)).AsSpan(0, 8));
        var write = await lending.Put(id, operation, book.ToDetails(), book.Copies, revision: 0);
        if (Refusal(id, write) is { } problem)
        {
            return problem.AsResult();
        }

        context.Response.Headers.Location = context.PublicPath($"/books/{id}");
        return await Answer(id, context, lending, StatusCodes.Status201Created);
    }

    public static async Task<IResult> Change(string id, HttpContext context, LendingCommands lending)
    {
        if (!Caller.TryGetLibrarian(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        if (!EntityTags.TryReadCondition(context.Request, out var revision, out var badCondition))
        {
            return badCondition.AsResult();
        }

        var (book, refused) = await JsonBody.Read(context.Request, BookDocument.Parse);
        if (book is null)
        {
            return refused!.AsResult();
        }

        if (!await lending.IsListed(id, context.RequestAborted))
        {
            return LendingProblems.NoBook(id).AsResult();
        }

        // A PUT says what is to be: applied again it changes nothing.
        var operation = $"{caller.Id}/{Guid.NewGuid():N}";
        var write = await lending.Put(id, operation, book.ToDetails(), book.Copies, revision);
        return Refusal(id, write) is { } problem ? problem.AsResult() : await Answer(id, context, lending, StatusCodes.Status200OK);
    }

    private static async Task<IResult> Answer(string id, HttpContext context, LendingCommands lending, int status)
    {
        var written = await lending.Book(id).Find();
        context.Response.Headers.ETag = EntityTags.Of(written!.Revision);
        return Results.Json(BookBody.Of(written), LendingJson.Default.BookBody, statusCode: status);
    }

    private static Problem? Refusal(string id, BookWrite write) => write.Outcome switch
    {
        BookOutcome.NotFound => LendingProblems.NoBook(id),
        BookOutcome.PreconditionFailed => LendingProblems.PreconditionFailed,
        BookOutcome.IsbnTaken => LendingProblems.IsbnTaken(write.Other),
        BookOutcome.CatalogueFull => Problem.Conflict("catalogue-full", "The catalogue is full", "title", "cannot be listed: the catalogue takes no more books"),
        BookOutcome.CopiesInUse => Problem.Conflict("copies-in-use", "Copies are in use", "copies", "are fewer than are lent or set aside"),
        _ => null,
    };
}
