using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Limits;

/// <summary>Calls a limited route through front doors at an even rate, and keeps when each call was sent and answered.</summary>
internal sealed class LimitLoad
{
    public const string TenantHeader = "X-Tenant";

    private const int WorkersPerDoor = 24;

    private readonly ConcurrentQueue<LimitedCall> calls = new();

    public IReadOnlyCollection<LimitedCall> Calls => calls;

    /// <summary>Calls that an instance answered.</summary>
    public IReadOnlyList<LimitedCall> Admitted => [.. calls.Where(call => call.Status == HttpStatusCode.OK)];

    public int Count(HttpStatusCode status) => calls.Count(call => call.Status == status);

    /// <summary>Sends for a time, as many in a second as are given, evenly to all front doors.</summary>
    /// <param name="doors">The front doors; one that has died is passed over.</param>
    /// <param name="path">What to call.</param>
    /// <param name="perSecond">How many in a second in all.</param>
    /// <param name="span">How long.</param>
    /// <param name="tenants">How many tenants take turns; 0 for none.</param>
    public async Task Run(IReadOnlyList<GatehouseProcess> doors, string path, int perSecond, TimeSpan span, int tenants = 0)
    {
        var workers = doors.Count * WorkersPerDoor;
        var pause = TimeSpan.FromSeconds((double)workers / perSecond);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
        {
            // Tenants should be coprime to the workers, so that each is sent through every front door.
            // Each begins in its place between the others, and then keeps its own time, however long an answer takes.
            var next = pause * ((double)worker / workers);
            var turn = worker;
            while (next < span)
            {
                if (next - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early, TestContext.Current.CancellationToken);
                }

                next += pause;
                await Send(doors[worker % doors.Count], path, tenants == 0 ? null : $"t{turn % tenants}");
                turn += workers;
            }
        }));
    }

    /// <summary>
    /// The most calls that were certainly admitted within one span of time: sent after it began and answered before it ended.
    /// </summary>
    public static int Most(IEnumerable<LimitedCall> admitted, TimeSpan span)
    {
        var ordered = admitted.OrderBy(call => call.SentAt).ToArray();
        var ticks = (long)(span.TotalSeconds * Stopwatch.Frequency);
        var most = 0;
        for (var first = 0; first < ordered.Length; first++)
        {
            var end = ordered[first].SentAt + ticks;
            var count = 0;
            for (var i = first; i < ordered.Length && ordered[i].SentAt < end; i++)
            {
                count += ordered[i].AnsweredAt < end ? 1 : 0;
            }

            most = Math.Max(most, count);
        }

        return most;
    }

    private async Task Send(GatehouseProcess door, string path, string? tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var sentAt = Stopwatch.GetTimestamp();
        request.Headers.Add(CountingInstance.SentAtHeader, sentAt.ToString(CultureInfo.InvariantCulture));
        if (tenant is not null)
        {
            request.Headers.Add(TenantHeader, tenant);
        }

        try
        {
            using var response = await door.Public.SendAsync(request, TestContext.Current.CancellationToken);
            calls.Enqueue(new LimitedCall(tenant, sentAt, Stopwatch.GetTimestamp(), response.StatusCode));
        }
        catch (HttpRequestException)
        {
            // The front door has died; what it admitted in its last moment, the instance knows.
            calls.Enqueue(new LimitedCall(tenant, sentAt, Stopwatch.GetTimestamp(), 0));
        }
    }
}

/// <summary>A call to a limited route.</summary>
/// <param name="Tenant">Whom it counts for.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="AnsweredAt">When it was answered.</param>
/// <param name="Status">How; 0 when it was not.</param>
internal readonly record struct LimitedCall(string? Tenant, long SentAt, long AnsweredAt, HttpStatusCode Status);
