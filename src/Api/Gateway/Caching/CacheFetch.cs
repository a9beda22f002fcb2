using Gatehouse.Api.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>One request that is sent on to the service, and what becomes of its response.</summary>
/// <param name="cached">The route.</param>
/// <param name="call">The request.</param>
/// <param name="question">What it asks.</param>
/// <param name="stored">What is stored, and may not be used without a word of the service; or null.</param>
/// <param name="reason">Why it is sent on.</param>
/// <param name="waited">Whether it has waited for another before.</param>
internal sealed class CacheFetch(
    CachedRoute cached, GatewayCall call, CacheQuestion question, StoredResponse? stored, string reason, bool waited)
{
    private readonly HttpContext context = call.Context;
    private readonly long started = cached.Time.GetTimestamp();
    private Flights.Flight? flight;
    private HeldHeaders? held;
    private StoredResponse? made;
    private StoredResponse? freshened;
    private bool keepsFreshened;
    private long reserved;

    /// <summary>Sends it.</summary>
    /// <param name="own">Others that wait for its response; or null.</param>
    public async ValueTask<Problem?> Run(Flights.Flight? own)
    {
        flight = own;
        var inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var tap = new ResponseTap(inner, Decide, Reserve);
        var client = stored is { CanBeValidated: true } ? Validators.Replace(context.Request.Headers, stored) : null;
        held = HeldHeaders.Take(context.Response.Headers);
        Problem? problem = null;
        context.Features.Set<IHttpResponseBodyFeature>(tap);
        try
        {
            problem = await cached.Next(call);
            if (problem is null)
            {
                await tap.Finish();
                Keep(tap);
            }
        }
        finally
        {
            context.Features.Set(inner);
            client?.Restore();
            cached.Store.Release(reserved);
            flight?.Land();
        }

        return await Conclude(tap.Verdict, problem);
    }

    private TapVerdict Decide()
    {
        var response = context.Response;
        var took = cached.Time.GetElapsedTime(started);
        if (stored is { CanBeValidated: true } && response.StatusCode == StatusCodes.Status304NotModified)
        {
            freshened = cached.Rules.Freshen(stored, context, question, took, out keepsFreshened);
            return TapVerdict.HoldBack;
        }

        if (response.StatusCode >= StatusCodes.Status500InternalServerError && MayStandIn)
        {
            return TapVerdict.HoldBack;
        }

        made = cached.Rules.TryMake(context, question, took);
        PutBack(CacheStatus.Forwarded(reason, made is not null, waited));
        if (made is not null)
        {
            return TapVerdict.Keep;
        }

        NotKept();
        return TapVerdict.Pass;
    }

    private void NotKept()
    {
        cached.Metrics.Count(cached.Pattern, "passed");
        flight?.Land();
    }

    private bool Reserve(int bytes)
    {
        if (reserved + bytes <= cached.Policy.MaxBody && cached.Store.TryReserve(bytes))
        {
            reserved += bytes;
            return true;
        }

        NotKept();
        return false;
    }

    private bool MayStandIn => stored?.MayStandIn(cached.Time) == true;

    // Only what came whole.
    private void Keep(ResponseTap tap)
    {
        if (freshened is not null)
        {
            KeepFreshened(freshened);
        }
        else if (made is not null
            && tap.Kept is { } body
            && call.BrokeOff is null
            && !context.RequestAborted.IsCancellationRequested
            && (context.Response.ContentLength ?? body.Length) == body.Length)
        {
            cached.Metrics.Count(cached.Pattern, "stored");
            cached.Store.Put(made with { Body = body.ToArray() }, question.Stamp);
        }
    }

    private void KeepFreshened(StoredResponse response)
    {
        if (!keepsFreshened || !response.Replaces(stored!))
        {
            cached.Store.Remove(stored!);
        }

        if (keepsFreshened)
        {
            cached.Store.Put(response, question.Stamp);
        }
    }

    private ValueTask<Problem?> Conclude(TapVerdict verdict, Problem? problem)
    {
        var response = context.Response;
        if (freshened is not null)
        {
            Reset(response);
            return cached.Serve(
                call, freshened, CacheStatus.Forwarded(reason, keepsFreshened, waited, StatusCodes.Status304NotModified), "revalidated");
        }

        var failed = verdict == TapVerdict.HoldBack || problem is { Status: >= StatusCodes.Status500InternalServerError };
        if (failed && !response.HasStarted && MayStandIn)
        {
            Reset(response);
            return cached.Serve(call, stored!, CacheStatus.Hit(stored!.Lifetime - stored.AgeAt(cached.Time), "stale-if-error"), "stale");
        }

        if (problem is not null && !response.HasStarted)
        {
            PutBack(CacheStatus.Forwarded(reason));
        }

        return new(problem);
    }

    private void Reset(HttpResponse response)
    {
        response.Clear();
        held!.PutBack(response.Headers);
    }

    private void PutBack(string status)
    {
        held!.PutBack(context.Response.Headers);
        context.Response.Headers.Append(CacheStatus.Header, status);
    }
}
