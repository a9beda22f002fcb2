using System.Collections.Immutable;
using Gatehouse.Api.Auth;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Api.Gateway;

/// <summary>Takes what routes deny their callers to the audit log.</summary>
internal sealed class Denials(IAuditTrail audit, TimeProvider time)
{
    // Its own: guesses at routes must not hide those at the management surface.
    private readonly DenialLimit limit = new(time);

    /// <summary>Records a denial.</summary>
    /// <param name="call">What is denied.</param>
    /// <param name="reason">Why, for those who read the log.</param>
    /// <param name="actor">Who called; empty when nobody knows.</param>
    public void Record(GatewayCall call, string reason, string actor = "")
    {
        if (!limit.Admits())
        {
            return;
        }

        audit.Record(new AuditEvent
        {
            Type = "route.denied",
            Actor = actor.Length > 0 ? actor : "anonymous",
            Target = $"{call.Context.Request.Method} {call.Context.Request.Path.ToUriComponent()}",
            Outcome = AuditOutcome.Denied,
            Address = call.Context.Connection.RemoteIpAddress?.ToString() ?? "",
            TraceId = Problem.TraceIdOf(call.Context),
            Details = ImmutableDictionary<string, string>.Empty.Add("route", call.Plan.Id).Add("reason", reason),
        });
    }
}
