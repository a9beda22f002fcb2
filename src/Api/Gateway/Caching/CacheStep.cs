using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>
/// A route's cache: answers by what is stored, or sends the request on and stores what comes. Of requests for the same, one is
/// sent and the others wait for it.
/// </summary>
/// <param name="cached">The route.</param>
/// <param name="invalidations">What was invalidated.</param>
/// <param name="peers">Who may say what host was called.</param>
/// <param name="wait">How long a request waits for another.</param>
internal sealed class CacheStep(CachedRoute cached, IReplica<CacheInvalidations> invalidations, Peers peers, TimeSpan wait)
{
    private static readonly Problem NotStored = new(
        StatusCodes.Status504GatewayTimeout, "not-cached", "There is no stored response",
        "The request asked for a stored response only (only-if-cached), and there is none that may be used.");

    private readonly Flights flights = new();

    public ValueTask<Problem?> Answer(GatewayCall call)
    {
        var request = call.Context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return Pass(call, "method");
        }

        // Parts of responses are not stored, nor is what is no response; and without a lease it is not known what was invalidated.
        return request.Headers.Range.Count > 0 || request.Headers.Upgrade.Count > 0 || invalidations.State != LeaseState.Leased
            ? Pass(call, "bypass")
            : Ask(call);
    }

    private ValueTask<Problem?> Pass(GatewayCall call, string reason)
    {
        cached.Metrics.Count(cached.Pattern, "passed");
        call.Context.Response.Headers.Append(CacheStatus.Header, CacheStatus.Forwarded(reason));
        return cached.Next(call);
    }

    private async ValueTask<Problem?> Ask(GatewayCall call)
    {
        var request = call.Context.Request;
        var place = CachePlace.Of(call, peers);
        var side = call.Plan.SideOf(call);
        var personal = call.Caller is not null
            || request.Headers.Authorization.Count > 0
            || request.Headers.ContainsKey(PresentedCredential.ApiKeyHeader)
            || HasCookies(request);
        var waited = false;
        while (true)
        {
            var question = new CacheQuestion(
                place, side, RequestDirectives.Of(request.Headers), personal, invalidations.Current.Latest, cached.Store.StampOf(place.Key));
            var stored = Find(question, request, out var reason);
            if (stored is not null && TryUse(call, question, stored, waited, out var status, out var result))
            {
                return await cached.Serve(call, stored, status, result);
            }

            if (question.Asked.OnlyIfCached)
            {
                return NotStored;
            }

            var fetch = new CacheFetch(cached, call, question, stored, reason, waited);
            if (waited || !MayServeOthers(request, question, stored))
            {
                return await fetch.Run(null);
            }

            if (flights.TryLead(question, out var other, out var own))
            {
                // What another was asked for may have come between the look into the store and here.
                if (Find(question, request, out _) is { } landed && !ReferenceEquals(landed, stored))
                {
                    own.Land();
                    continue;
                }

                return await fetch.Run(own);
            }

            cached.Metrics.Wait(cached.Pattern);
            waited = true;
            await Task.WhenAny(other, Task.Delay(wait, cached.Time, call.Context.RequestAborted));
            call.Context.RequestAborted.ThrowIfCancellationRequested();
        }
    }

    private bool TryUse(
        GatewayCall call, in CacheQuestion question, StoredResponse stored, bool waited, out string status, out string result)
    {
        var age = stored.AgeAt(cached.Time);
        if (question.Asked.Allow(stored, age))
        {
            status = CacheStatus.Hit(stored.Lifetime - age, waited ? "collapsed" : null);
            result = "hit";
            return true;
        }

        status = CacheStatus.Hit(stored.Lifetime - age, "stale-while-revalidate");
        result = "stale";
        if (!question.Asked.AllowWhileRevalidating(stored, age))
        {
            return false;
        }

        if (flights.TryLead(question, out _, out var flight))
        {
            cached.Refresh.Start(cached, call, question, stored, flight);
        }

        return true;
    }

    // The front door's own cookie of affinity tells a service nothing.
    private bool HasCookies(HttpRequest request) =>
        request.Headers.Cookie.Count > 0
        && (cached.Route.Document.Affinity is not { } affinity || request.Cookies.Any(cookie => cookie.Key != affinity.Cookie));

    // What is for one person serves nobody else; and a client may want one of its own.
    private static bool MayServeOthers(HttpRequest request, in CacheQuestion question, StoredResponse? stored) =>
        HttpMethods.IsGet(request.Method)
        && !question.Asked.NoStore
        && !question.Asked.NoCache
        && !(question.Personal && stored is null);

    private StoredResponse? Find(in CacheQuestion question, HttpRequest request, out string reason)
    {
        var stored = cached.Store.Find(question, cached.Route, request, out var hasOthers);
        if (stored is not null && invalidations.Current.Cover(stored))
        {
            cached.Store.Remove(stored);
            stored = null;
        }

        if (stored is not null && question.Personal && !stored.Shared)
        {
            reason = "bypass";
            return null;
        }

        reason = question.Asked.NoCache ? "request" : "stale";
        if (stored is null)
        {
            reason = hasOthers ? "vary-miss" : "uri-miss";
        }

        return stored;
    }
}
