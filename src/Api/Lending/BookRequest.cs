using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Lending;

namespace Gatehouse.Api.Lending;

/// <summary>A request for a book: which, and for whom.</summary>
/// <param name="Book">The book.</param>
/// <param name="Member">The member; null for the caller.</param>
internal sealed record BookRequest(string Book, string? Member)
{
    private const int MaxBook = 64;

    /// <summary>Reads the body of a loan or a hold to be made.</summary>
    public static Task<(BookRequest? Request, Problem? Problem)> Read(HttpRequest request) => JsonBody.Read(request, document =>
    {
        var fields = new JsonFields(document, "book", "member");
        var book = fields.Text("book", required: true, MaxBook);
        var member = fields.Text("member", maxLength: ErrandId.MaxMember);
        if (member is not null && !ErrandId.IsMember(member))
        {
            fields.Refuse("member", "must be the id of a member");
        }

        if (book is { Length: 0 })
        {
            fields.Refuse("book", "must not be empty");
        }

        return fields.Errors.Count > 0
            ? ((BookRequest?)null, Problem.Invalid(fields.Errors))
            : (new BookRequest(book!, member), null);
    });
}
