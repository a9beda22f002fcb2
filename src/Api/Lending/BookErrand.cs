using Gatehouse.Api.Modules;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Api.Lending;

/// <summary>What a member, or a librarian for one, wants of a book: its caller, key and body are read alike, whatever it is.</summary>
internal static class BookErrand
{
    /// <summary>Does it, if the caller may.</summary>
    /// <returns>For whom it was done and the answer, or why it was refused.</returns>
    public static async Task<(string Member, MemberAnswer? Answer, Problem? Problem)> Do(HttpContext context, LendingCommands lending, ErrandKind kind)
    {
        if (!Caller.TryGet(context, out var caller, out var denied))
        {
            return ("", null, denied);
        }

        if (!IdempotencyKey.TryRead(context.Request, caller.Id, out var operation, out var noKey))
        {
            return ("", null, noKey);
        }

        var (request, refused) = await BookRequest.Read(context.Request);
        if (request is null)
        {
            return ("", null, refused);
        }

        var member = request.Member ?? caller.Id;
        if (!caller.May(member))
        {
            return (member, null, LendingProblems.OwnOnly);
        }

        if (!await lending.IsListed(request.Book, context.RequestAborted))
        {
            return (member, null, LendingProblems.NoBook(request.Book));
        }

        var (answer, problem) = await lending.Do(member, operation, new Errand(kind, request.Book));
        return (member, answer, problem);
    }
}
