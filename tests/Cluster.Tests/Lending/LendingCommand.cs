using System.Net.Http.Json;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>What a member wants done, as a request.</summary>
internal sealed record LendingCommand(CommandKind Kind, string Target)
{
    public HttpRequestMessage Request(string member, string key, string apiKey)
    {
        var (method, path, body) = Kind switch
        {
            CommandKind.Borrow => (HttpMethod.Post, "/lending/loans", JsonContent.Create(new { book = Target, member })),
            CommandKind.Return => (HttpMethod.Post, $"/lending/loans/{Target}/return", null),
            CommandKind.Renew => (HttpMethod.Post, $"/lending/loans/{Target}/renew", null),
            CommandKind.PlaceHold => (HttpMethod.Post, "/lending/holds", JsonContent.Create(new { book = Target, member })),
            _ => (HttpMethod.Delete, $"/lending/holds/{Target}", (JsonContent?)null),
        };
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("X-API-Key", apiKey);
        return request;
    }
}

internal enum CommandKind
{
    Borrow,
    Return,
    Renew,
    PlaceHold,
    CancelHold,
}

/// <summary>A loan as it was acknowledged.</summary>
internal sealed record KnownLoan(string Id, string Book, int Copy, string Due, int Renewals);

/// <summary>A command that was acknowledged: what it came to, when it was first sent and when its answer came.</summary>
internal sealed record Acknowledged(string Member, LendingCommand Command, string Outcome, KnownLoan? Loan, long Sent, long Answered, int Attempts)
{
    public const string Done = "done";

    public bool IsDone => Outcome == Done;
}
