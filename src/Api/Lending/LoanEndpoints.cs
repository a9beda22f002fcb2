using Gatehouse.Api.Modules;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Api.Lending;

/// <summary><c>/lending/loans</c>.</summary>
internal static class LoanEndpoints
{
    public static async Task<IResult> List(HttpContext context, LendingCommands lending, IGrainFactory grains)
    {
        if (!Caller.TryGet(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        var reading = new QueryReading(context.Request.Query, "member", "overdue", "after", "limit");
        var (member, overdue, after, limit) = (reading.Text("member", ErrandId.MaxMember), reading.Flag("overdue"), reading.Cursor(), reading.Limit());
        if (member is not null && !ErrandId.IsMember(member))
        {
            reading.Refuse("member", "must be the id of a member");
        }

        if (reading.Problem is { } problem)
        {
            return problem.AsResult();
        }

        if (overdue && member is null)
        {
            return caller.IsLibrarian ? await Overdue(lending, grains, after, limit) : LendingProblems.LibrariansOnly.AsResult();
        }

        member ??= caller.Id;
        if (!caller.May(member))
        {
            return LendingProblems.OwnOnly.AsResult();
        }

        // Five at most, so one page.
        var loans = (await lending.Member(member).Find()).Loans.Select(loan => lending.Body(member, loan));
        return Results.Json(new ListBody<LoanBody>([.. loans.Where(loan => !overdue || loan.Overdue)]), LendingJson.Default.ListBodyLoanBody);
    }

    public static async Task<IResult> Borrow(HttpContext context, LendingCommands lending)
    {
        var (member, answer, problem) = await BookErrand.Do(context, lending, ErrandKind.Borrow);
        if (answer?.Loan is not { } loan)
        {
            return problem!.AsResult();
        }

        context.Response.Headers.Location = context.PublicPath($"/loans/{Uri.EscapeDataString(loan.Id)}");
        return Results.Json(lending.Body(member, loan), LendingJson.Default.LoanBody, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> Get(string id, HttpContext context, LendingCommands lending)
    {
        if (Denied(id, context, out _, out var member) is { } denied)
        {
            return denied.AsResult();
        }

        var loan = (await lending.Member(member).Find()).Loans.FirstOrDefault(loan => loan.Id == id);
        return loan is null
            ? LendingProblems.Of(LendingOutcome.NoSuchLoan, id)!.AsResult()
            : Results.Json(lending.Body(member, loan), LendingJson.Default.LoanBody);
    }

    public static async Task<IResult> Renew(string id, HttpContext context, LendingCommands lending)
    {
        if (Denied(id, context, out var caller, out var member) is { } denied)
        {
            return denied.AsResult();
        }

        return IdempotencyKey.TryRead(context.Request, caller.Id, out var operation, out var noKey)
            ? await Do(lending, member, operation, new Errand(ErrandKind.Renew, id))
            : noKey.AsResult();
    }

    public static async Task<IResult> Return(string id, HttpContext context, LendingCommands lending)
    {
        if (Denied(id, context, out var caller, out var member) is { } denied)
        {
            return denied.AsResult();
        }

        return IdempotencyKey.TryRead(context.Request, caller.Id, out var operation, out var noKey)
            ? await Do(lending, member, operation, new Errand(ErrandKind.Return, id))
            : noKey.AsResult();
    }

    private static async Task<IResult> Do(LendingCommands lending, string member, string operation, Errand errand)
    {
        var (answer, problem) = await lending.Do(member, operation, errand);
        return answer?.Loan is { } loan
            ? Results.Json(lending.Body(member, loan), LendingJson.Default.LoanBody)
            : problem!.AsResult();
    }

    private static async Task<IResult> Overdue(LendingCommands lending, IGrainFactory grains, string? after, int limit)
    {
        var page = await grains.Page<OverdueLoan>(after, limit);
        return Results.Json(
            new ListBody<LoanBody>([.. page.Items.Select(overdue => lending.Body(overdue.Member, overdue.Loan))], MemberEndpoints.Next(page.Next)),
            LendingJson.Default.ListBodyLoanBody);
    }

    // Whose loan it is shows in its id, so nobody learns which there are of others.
    private static Problem? Denied(string id, HttpContext context, out Caller caller, out string member)
    {
        member = "";
        if (!Caller.TryGet(context, out caller, out var denied))
        {
            return denied;
        }

        if (!ErrandId.TryParse(id, out member))
        {
            return LendingProblems.Of(LendingOutcome.NoSuchLoan, id);
        }

        return caller.May(member) ? null : LendingProblems.OwnOnly;
    }
}
