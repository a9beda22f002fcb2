using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>The policy <c>auth</c>: finds out who calls, and whether they may.</summary>
internal sealed partial class AuthStage(
    Authenticator authenticator, IdentityIssuer identities, AuthMetrics metrics, Denials denials, ILogger<AuthStage> logger) : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        var auth = route.Auth;
        if (auth.Anonymous)
        {
            Log.Anonymous(logger, route.Id);
            return next;
        }

        Log.Protected(
            logger, route.Id, route.Document.Auth is null ? "by default" : "as its document says", auth.Scopes, auth.Roles, auth.Clients);
        return call => Run(call, auth, next);
    }

    private ValueTask<Problem?> Run(GatewayCall call, RouteAuth auth, GatewayStep next)
    {
        var authentication = authenticator.Authenticate(call.Context);
        if (!authentication.IsCompletedSuccessfully)
        {
            return RunSlowly(call, auth, next, authentication.AsTask());
        }

        return Go(call, auth, next, authentication.Result);
    }

    private async ValueTask<Problem?> RunSlowly(GatewayCall call, RouteAuth auth, GatewayStep next, Task<Verification> authentication) =>
        await Go(call, auth, next, await authentication);

    private ValueTask<Problem?> Go(GatewayCall call, RouteAuth auth, GatewayStep next, in Verification verification)
    {
        if (verification.Credential is not { } credential)
        {
            if (auth.Optional && verification.Refusal == Refusal.Missing)
            {
                return next(call);
            }

            return Refuse(call, auth, verification.Refusal, verification.Reason, "");
        }

        var caller = credential.Caller;
        if (!Allows(auth, caller))
        {
            return Refuse(call, auth, Refusal.Forbidden, "a scope, role or client is lacking", caller.Actor);
        }

        if (identities.For(credential) is not { } identity)
        {
            return Refuse(call, auth, Refusal.Unknown, "there is no key to sign the caller's identity with", caller.Actor);
        }

        call.Caller = caller;
        call.Context.User = caller.Principal;
        call.Identify(caller.Consumer);
        call.Identity = identity;
        return next(call);
    }

    private ValueTask<Problem?> Refuse(GatewayCall call, RouteAuth auth, Refusal refusal, string reason, string actor)
    {
        metrics.Refused(call.Plan.Id, refusal);
        Log.Refused(logger, call.Plan.Id, refusal, reason, actor, call.Context.Connection.RemoteIpAddress);
        if (refusal != Refusal.Unknown)
        {
            denials.Record(call, reason, actor);
        }

        return new(AuthProblems.Of(refusal, auth));
    }

    private static bool Allows(RouteAuth auth, Caller caller) =>
        HasAll(caller.Scopes, auth.Scopes)
        && (auth.Roles.IsEmpty || HasOne(caller.Roles, auth.Roles))
        && (auth.Clients.IsEmpty || (caller.ClientId is { } client && auth.Clients.Contains(client, StringComparer.Ordinal)));

    private static bool HasAll(FrozenSet<string> has, ImmutableArray<string> wanted)
    {
        foreach (var item in wanted)
        {
            if (!has.Contains(item))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasOne(FrozenSet<string> has, ImmutableArray<string> wanted)
    {
        foreach (var item in wanted)
        {
            if (has.Contains(item))
            {
                return true;
            }
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "RouteAnonymous", Level = LogLevel.Debug, Message = "Route {Route} is open to anybody")]
        public static partial void Anonymous(ILogger logger, string route);

        [LoggerMessage(EventId = 2, EventName = "RouteProtected", Level = LogLevel.Information, Message = "Route {Route} is for authenticated callers, {Why}; scopes {Scopes}, roles {Roles}, clients {Clients}")]
        public static partial void Protected(
            ILogger logger, string route, string why, ImmutableArray<string> scopes, ImmutableArray<string> roles, ImmutableArray<string> clients);

        [LoggerMessage(EventId = 3, EventName = "AccessRefused", Level = LogLevel.Information, Message = "Route {Route}: refused ({Refusal}: {Reason}) {Actor} from {Address}")]
        public static partial void Refused(ILogger logger, string route, Refusal refusal, string reason, string actor, System.Net.IPAddress? address);
    }
}
