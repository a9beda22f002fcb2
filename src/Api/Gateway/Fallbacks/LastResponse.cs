using Gatehouse.Api.Problems;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>The last good response to the same request, of the same caller.</summary>
internal sealed class LastResponse(LastResponses responses, string route, TimeSpan cached) : IFallback
{
    public string Kind => "cached";

    public void Prepare(GatewayCall call)
    {
        if (HttpMethods.IsGet(call.Context.Request.Method) && KeyOf(call) is not null)
        {
            call.Kept = new KeptResponse(call.Context.Response);
            call.Context.Response.Body = call.Kept;
        }
    }

    public void Keep(GatewayCall call)
    {
        if (call is { Kept: { } kept, BrokeOff: null }
            && !call.Context.RequestAborted.IsCancellationRequested
            && kept.Finish(call.Context.Request) is { } response
            && KeyOf(call) is { } key)
        {
            responses.Put(key, response, cached);
        }
    }

    public bool IsReady(GatewayCall call) => Find(call) is not null;

    public async ValueTask<Problem?> Answer(GatewayCall call)
    {
        var context = call.Context;
        // Only the service's own responses are kept.
        call.Kept?.Stop();
        if (Find(call) is not { } found)
        {
            return GatewayProblems.UpstreamFailed;
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        foreach (var (name, values) in found.Headers.Where(header => header.Key != HeaderNames.CacheControl))
        {
            context.Response.Headers[name] = values;
        }

        context.Response.Headers.Age = responses.AgeOf(found).ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentLength = found.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(found.Body, context.RequestAborted);
        }

        return null;
    }

    private GoodResponse? Find(GatewayCall call) =>
        KeyOf(call) is { } key && responses.Find(key, cached) is { } found && found.Suits(call.Context.Request) ? found : null;

    // Null for what may not be given to others: with credentials of which nothing is known here.
    private LastResponseKey? KeyOf(GatewayCall call)
    {
        var request = call.Context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        if (call.Caller is null
            && (request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0 || request.Headers.ContainsKey(Auth.PresentedCredential.ApiKeyHeader)))
        {
            return null;
        }

        // By the person, not by the program that they use: what one user got is nobody else's.
        return new LastResponseKey(route, call.Caller?.Actor ?? "", call.Caller?.ClientId ?? "", request.Host.Value ?? "", call.Target);
    }
}
