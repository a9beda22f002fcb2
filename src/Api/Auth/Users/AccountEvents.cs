using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Puts into the audit log what happens to accounts.</summary>
internal sealed class AccountEvents(IAuditTrail trail, Peers peers)
{
    /// <summary>Records what a user did to the user's own account.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">What happened, such as <c>login</c>.</param>
    /// <param name="userId">The user; null for one who is not known.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="detail">How, in a word.</param>
    /// <param name="client">Which client it concerns, if one.</param>
    public void Record(
        HttpContext context, string type, string? userId, AuditOutcome outcome = AuditOutcome.Success, string? detail = null, string? client = null)
    {
        var recorded = new AuditEvent
        {
            Type = type,
            Actor = userId is null || outcome != AuditOutcome.Success ? "anonymous" : $"user:{userId}",
            Target = userId is null ? "" : $"user:{userId}",
            Outcome = outcome,
            Address = peers.ClientOf(context)?.ToString() ?? "",
            TraceId = Problem.TraceIdOf(context),
        };
        trail.Record(recorded with { Details = Details(detail, client) });
    }

    private static ImmutableDictionary<string, string> Details(string? method, string? client)
    {
        var details = ImmutableDictionary<string, string>.Empty;
        details = method is null ? details : details.Add("method", method);
        return client is null ? details : details.Add("client", client);
    }
}
