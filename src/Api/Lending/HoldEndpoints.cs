using Gatehouse.Api.Modules;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Api.Lending;

/// <summary><c>/lending/holds</c>.</summary>
internal static class HoldEndpoints
{
    public static async Task<IResult> List(HttpContext context, LendingCommands lending)
    {
        if (!Caller.TryGet(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        var reading = new QueryReading(context.Request.Query, "member", "book");
        var (member, book) = (reading.Text("member", ErrandId.MaxMember), reading.Text("book", 64));
        if (member is not null && !ErrandId.IsMember(member))
        {
            reading.Refuse("member", "must be the id of a member");
        }

        if (member is not null && book is not null)
        {
            reading.Refuse("book", "cannot be named together with a member");
        }

        if (reading.Problem is { } problem)
        {
            return problem.AsResult();
        }

        if (book is not null)
        {
            return caller.IsLibrarian ? await Queue(book, context, lending) : LendingProblems.LibrariansOnly.AsResult();
        }

        member ??= caller.Id;
        if (!caller.May(member))
        {
            return LendingProblems.OwnOnly.AsResult();
        }

        // Ten at most, so one page.
        var holds = (await lending.Member(member).Find()).Holds.Select(hold => lending.Body(member, hold));
        return Results.Json(new ListBody<HoldBody>([.. holds]), LendingJson.Default.ListBodyHoldBody);
    }

    public static async Task<IResult> Place(HttpContext context, LendingCommands lending)
    {
        var (member, answer, problem) = await BookErrand.Do(context, lending, ErrandKind.PlaceHold);
        if (answer?.Hold is not { } hold)
        {
            return problem!.AsResult();
        }

        context.Response.Headers.Location = context.PublicPath($"/holds/{Uri.EscapeDataString(hold.Id)}");
        return Results.Json(lending.Body(member, hold), LendingJson.Default.HoldBody, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> Cancel(string id, HttpContext context, LendingCommands lending)
    {
        if (!Caller.TryGet(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        if (!ErrandId.TryParse(id, out var member))
        {
            return LendingProblems.Of(LendingOutcome.NoSuchHold, id)!.AsResult();
        }

        if (!caller.May(member))
        {
            return LendingProblems.OwnOnly.AsResult();
        }

        if (!IdempotencyKey.TryRead(context.Request, caller.Id, out var operation, out var noKey))
        {
            return noKey.AsResult();
        }

        var (answer, problem) = await lending.Do(member, operation, new Errand(ErrandKind.CancelHold, id));
        return answer is null ? problem!.AsResult() : TypedResults.NoContent();
    }

    private static async Task<IResult> Queue(string id, HttpContext context, LendingCommands lending) =>
        await lending.Find(id, context.RequestAborted) is { } book
            ? Results.Json(new ListBody<HoldBody>([.. book.Holds.Select(hold => lending.Body(id, hold))]), LendingJson.Default.ListBodyHoldBody)
            : LendingProblems.NoBook(id).AsResult();
}
