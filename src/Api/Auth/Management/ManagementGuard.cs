using System.Net;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Api.Auth.Management;

/// <summary>
/// Lets through to the management surface who may use it: by scope for clients, tokens and API keys, by role for users in a
/// browser, everything for whoever has the secret and, in the embedded default, for local callers. Changes and denials go to
/// the audit log. Probes of health are open; they tell no secret.
/// </summary>
internal sealed partial class ManagementGuard(
    RequestDelegate next,
    ManagementCallers callers,
    TokenIssuer issuer,
    IAuditTrail audit,
    DenialLimit denials,
    ILogger<ManagementGuard> logger)
{
    public Task Invoke(HttpContext context)
    {
        var needed = ManagementRules.Needed(context.Request);
        if (needed == ManagementScope.None)
        {
            return next(context);
        }

        // A browser sends Basic credentials along, and reaches loopback, for whichever page asks it to.
        if (!context.Request.IsSafe() && !IsSameOrigin(context.Request))
        {
            return Deny(context, ManagementProblems.CrossSite, "anonymous");
        }

        return callers.Local(context) is { } local ? LetThrough(context, local) : Identify(context, needed);
    }

    private static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin is not [{ Length: > 0 } origin]
            ? request.Headers.Origin.Count == 0
            : Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private async Task Identify(HttpContext context, ManagementScope needed)
    {
        var (caller, refusal) = await callers.Identify(context);
        if (caller is null)
        {
            await (refusal is Refusal.Missing or Refusal.Invalid && IsNavigation(context.Request)
                ? ManagementProblems.Login(issuer.Value).Write(context)
                : Deny(context, ManagementProblems.Of(refusal), "anonymous"));
        }
        else if (!caller.May(needed))
        {
            await Deny(context, ManagementProblems.Forbidden(needed), caller.Actor);
        }
        else
        {
            await LetThrough(context, caller);
        }
    }

    // A person who opens a page, in a browser that keeps the session's cookie: over http it does on this host only.
    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.Authorization.Count == 0
        && request.Headers["Sec-Fetch-Mode"] is ["navigate"]
        && (request.IsHttps || request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase));

    private Task LetThrough(HttpContext context, ManagementCaller caller)
    {
        context.Features.Set(caller);
        return ManagementRules.IsChange(context.Request) ? Recorded(context, caller) : next(context);
    }

    private async Task Recorded(HttpContext context, ManagementCaller caller)
    {
        var done = false;
        try
        {
            await next(context);
            done = true;
        }
        finally
        {
            var failed = !done || context.Response.StatusCode >= StatusCodes.Status400BadRequest;
            audit.Record(Event(context, "management.change", caller.Actor, failed ? AuditOutcome.Failed : AuditOutcome.Success));
        }
    }

    private Task Deny(HttpContext context, Problem problem, string actor)
    {
        Log.Denied(logger, problem.Code, context.Request.Method, context.Request.Path.ToUriComponent(), context.Connection.RemoteIpAddress);
        if (denials.Admits())
        {
            audit.Record(Event(context, "management.denied", actor, AuditOutcome.Denied));
        }

        return problem.Write(context);
    }

    private static AuditEvent Event(HttpContext context, string type, string actor, AuditOutcome outcome) => new()
    {
        Type = type,
        Actor = actor,
        Target = $"{context.Request.Method} {context.Request.Path.ToUriComponent()}",
        Outcome = outcome,
        Address = context.Connection.RemoteIpAddress?.ToString() ?? "",
        TraceId = Problem.TraceIdOf(context),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "ManagementDenied", Level = LogLevel.Warning, Message = "Management request denied ({Reason}): {Method} {Path} from {Caller}")]
        public static partial void Denied(ILogger logger, string reason, string method, string path, IPAddress? caller);
    }
}
