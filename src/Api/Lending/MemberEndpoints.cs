using Gatehouse.Api.Modules;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Api.Lending;

/// <summary><c>/lending/members</c>.</summary>
internal static class MemberEndpoints
{
    private const int MaxName = 120;
    private const int MaxPoints = 100_000;

    public static async Task<IResult> List(HttpContext context, IGrainFactory grains)
    {
        if (!Caller.TryGetLibrarian(context, out _, out var denied))
        {
            return denied!.AsResult();
        }

        var reading = new QueryReading(context.Request.Query, "after", "limit");
        var (after, limit) = (reading.Cursor(), reading.Limit());
        if (reading.Problem is { } problem)
        {
            return problem.AsResult();
        }

        var page = await grains.Page<MemberEntry>(after, limit);
        return Results.Json(
            new ListBody<MemberSummary>([.. page.Items.Select(member => new MemberSummary(member.Id, member.Name))], Next(page.Next)),
            LendingJson.Default.ListBodyMemberSummary);
    }

    public static async Task<IResult> Get(string id, HttpContext context, LendingCommands lending)
    {
        if (Denied(id, context) is { } denied)
        {
            return denied;
        }

        var member = await lending.Member(id).Find();
        context.Response.Headers.ETag = EntityTags.Of(member.Revision);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(Body(member, lending), LendingJson.Default.MemberBody);
    }

    public static async Task<IResult> Rename(string id, HttpContext context, LendingCommands lending)
    {
        if (Denied(id, context) is { } denied)
        {
            return denied;
        }

        if (!EntityTags.TryReadCondition(context.Request, out var revision, out var badCondition))
        {
            return badCondition.AsResult();
        }

        var (member, refused) = await JsonBody.Read(context.Request, document =>
        {
            var fields = new JsonFields(document, "name");
            var text = fields.Text("name", required: true, MaxName)?.Trim();
            if (text is { Length: 0 })
            {
                fields.Refuse("name", "must not be empty");
            }

            return fields.Errors.Count > 0 ? ((MemberName?)null, Problem.Invalid(fields.Errors)) : (new MemberName(text!), null);
        });
        if (member is null)
        {
            return refused!.AsResult();
        }

        if (await lending.Member(id).Rename(member.Name, revision) is not { } written)
        {
            return LendingProblems.PreconditionFailed.AsResult();
        }

        context.Response.Headers.ETag = EntityTags.Of(written);
        return Results.Json(Body(await lending.Member(id).Find(), lending), LendingJson.Default.MemberBody);
    }

    public static async Task<IResult> Pay(string id, HttpContext context, LendingCommands lending)
    {
        if (!Caller.TryGetLibrarian(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        if (!ErrandId.IsMember(id))
        {
            return LendingProblems.NoMember(id).AsResult();
        }

        if (!IdempotencyKey.TryRead(context.Request, caller.Id, out var operation, out var noKey))
        {
            return noKey.AsResult();
        }

        var (payment, refused) = await JsonBody.Read(context.Request, document =>
        {
            var fields = new JsonFields(document, "points");
            var points = fields.Number("points", 0, 1, MaxPoints);
            if (points == 0)
            {
                fields.Refuse("points", "is required");
            }

            return fields.Errors.Count > 0
                ? ((Payment?)null, Problem.Invalid(fields.Errors))
                : (new Payment(points), null);
        });
        if (payment is null)
        {
            return refused!.AsResult();
        }

        var (answer, problem) = await lending.Do(id, operation, new Errand(ErrandKind.Pay, "", payment.Points));
        return answer is null
            ? problem!.AsResult()
            : Results.Json(new PaymentBody(payment.Points, answer.Points), LendingJson.Default.PaymentBody);
    }

    public static string? Next(string? key) => key is null ? null : QueryReading.CursorOf(key);

    private static IResult? Denied(string id, HttpContext context)
    {
        if (!Caller.TryGet(context, out var caller, out var denied))
        {
            return denied!.AsResult();
        }

        if (!caller.May(id))
        {
            return LendingProblems.OwnOnly.AsResult();
        }

        return ErrandId.IsMember(id) ? null : LendingProblems.NoMember(id).AsResult();
    }

    private static MemberBody Body(MemberView member, LendingCommands lending) => new(
        member.Id,
        member.Name,
        member.Points,
        member.Suspended,
        [.. member.Loans.Select(loan => lending.Body(member.Id, loan))],
        [.. member.Holds.Select(hold => lending.Body(member.Id, hold))]);
}
