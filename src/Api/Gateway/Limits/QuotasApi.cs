using Gatehouse.Api.Commands;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>Quotas over HTTP, <c>/admin/v1/routes/ID/quotas</c>: what somebody has used of them, and a new beginning.</summary>
internal static class QuotasApi
{
    public static void MapQuotas(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/admin/v1/routes/{id}/quotas").WithTags("Limits").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("", List).WithSummary("What somebody has used of a route's quotas")
            .WithDescription("'subject' is whom the quota counts for: user:ID, client:ID, an address, or the header's value. One by route has none.")
            .Produces<QuotaListing>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapDelete("/{name}", Reset).WithSummary("Begins a quota's period anew, as if nothing had been used")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> List(string id, string? subject, IGrainFactory grains)
    {
        var (quotas, problem) = await Find(grains, id, subject);
        return problem is null
            ? TypedResults.Ok(new QuotaListing([.. await Task.WhenAll(quotas.Select(quota => Read(quota, grains)))]))
            : problem.AsResult();
    }

    private static async Task<IResult> Reset(string id, string name, string? subject, IGrainFactory grains, CommandSender sender)
    {
        var (quotas, problem) = await Find(grains, id, subject);
        if (problem is not null)
        {
            return problem.AsResult();
        }

        if (quotas.Find(quota => quota.Name == name) is not { } found)
        {
            return new Problem(StatusCodes.Status404NotFound, "quota-not-found", "There is no such quota", $"Route '{id}' has no quota '{name}'.").AsResult();
        }

        // Sent again where no answer comes: what was used in between is forgiven, too.
        await sender.Send(() => grains.GetGrain<IQuotaGrain>(found.Key).Reset());
        return TypedResults.NoContent();
    }

    private static async Task<(List<Quota> Quotas, Problem? Problem)> Find(IGrainFactory grains, string id, string? subject)
    {
        if (await grains.Book().Find(id) is not { } entry)
        {
            return ([], RouteProblems.NotFound(id));
        }

        var quotas = RouteLimiter.Named(entry.Document.Limits)
            .Where(named => named.Limit.Algorithm == LimitAlgorithm.Quota)
            .Select(named => new Quota(id, named.Name, named.Limit, subject ?? ""))
            .ToList();
        return subject is null && quotas.Exists(quota => quota.Limit.By != LimitSubject.Route)
            ? ([], Problem.Invalid("subject", "must be whom the quota counts for: user:ID, client:ID, an address, or the header's value"))
            : (quotas, null);
    }

    private static async Task<QuotaBody> Read(Quota quota, IGrainFactory grains)
    {
        var usage = await grains.GetGrain<IQuotaGrain>(quota.Key).Usage(quota.Limit.Period);
        return new QuotaBody(quota.Name, LimitNames.Of(quota.Limit), quota.Subject, quota.Limit.Permits, usage.Used, Math.Max(0, quota.Limit.Permits - usage.Used), usage.Until);
    }

    private sealed class Quota(string route, string name, RouteLimit limit, string subject)
    {
        public string Name => name;

        public RouteLimit Limit => limit;

        public string Subject { get; } = limit.By == LimitSubject.Route ? "" : subject;

        public string Key => LimitScope.Of(LimitScope.NameOf(route, limit), limit.ToRule()).KeyOf(Subject);
    }
}

/// <summary>The quotas of a route.</summary>
/// <param name="Quotas">One for each.</param>
internal sealed record QuotaListing(IReadOnlyList<QuotaBody> Quotas);

/// <summary>A quota of somebody.</summary>
/// <param name="Name">Its name, as in the header <c>RateLimit</c>.</param>
/// <param name="By">Whom it counts for.</param>
/// <param name="Subject">Who that is; empty for all requests of the route.</param>
/// <param name="Permits">How many requests the period has.</param>
/// <param name="Used">How many are used, or lent to front doors.</param>
/// <param name="Left">How many are left.</param>
/// <param name="Until">The period's end.</param>
internal sealed record QuotaBody(string Name, string By, string Subject, int Permits, long Used, long Left, DateTimeOffset Until);
