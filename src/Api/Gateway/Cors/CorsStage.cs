using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Cors;

/// <summary>Answers preflights of a route, and tells browsers which pages may read its answers.</summary>
internal sealed class CorsStage(ICorsService cors) : IStage
{
    private const string Any = "*";

    private static readonly ImmutableArray<string> Written =
    [
        HeaderNames.AccessControlAllowOrigin,
        HeaderNames.AccessControlAllowCredentials,
        HeaderNames.AccessControlAllowMethods,
        HeaderNames.AccessControlAllowHeaders,
        HeaderNames.AccessControlExposeHeaders,
        HeaderNames.AccessControlMaxAge,
    ];

    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Cors is not { } document)
        {
            return next;
        }

        var policy = PolicyOf(document, route.Document.Match.Methods);
        var varies = policy.Origins.Count > 1 || policy.SupportsCredentials || !policy.AllowAnyOrigin;
        return call =>
        {
            var context = call.Context;
            if (context.Request.Headers.Origin.Count == 0)
            {
                if (varies)
                {
                    // A cache must not give this answer to a page that has an origin.
                    context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
                }

                return next(call);
            }

            var result = cors.EvaluatePolicy(context, policy);
            if (Preflight.Is(context.Request))
            {
                cors.ApplyResult(result, context.Response);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return new((Problem?)null);
            }

            // As the response starts, so that it is this that counts and not what the service says, also on errors.
            context.Response.OnStarting(
                static state =>
                {
                    var (service, outcome, response) = ((ICorsService, CorsResult, HttpResponse))state;
                    foreach (var name in Written)
                    {
                        response.Headers.Remove(name);
                    }

                    service.ApplyResult(outcome, response);
                    return Task.CompletedTask;
                },
                (cors, result, context.Response));
            return next(call);
        };
    }

    private static CorsPolicy PolicyOf(RouteCors document, ImmutableArray<string> routeMethods)
    {
        var builder = new CorsPolicyBuilder()
            .WithOrigins(document.Origins.Contains(Any) ? [Any] : [.. document.Origins])
            .SetIsOriginAllowedToAllowWildcardSubdomains()
            .WithHeaders([.. document.Headers])
            .WithExposedHeaders([.. document.Expose])
            .SetPreflightMaxAge(document.MaxAge);
        var methods = document.Methods.IsEmpty ? routeMethods : document.Methods;
        _ = methods.IsEmpty ? builder.AllowAnyMethod() : builder.WithMethods([.. methods]);
        _ = document.Headers.Contains(Any) ? builder.AllowAnyHeader() : builder;
        return (document.Credentials ? builder.AllowCredentials() : builder).Build();
    }
}
