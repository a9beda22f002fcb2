using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>Calls services through the public listeners of front doors.</summary>
internal static class Caller
{
    /// <summary>Calls a service through a front door.</summary>
    public static async Task<Answer> Call(GatehouseProcess door, string service, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/{service}/ping", UriKind.Relative));
        request.Headers.Add(CountingInstance.SentAtHeader, Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));
        using var response = await door.Public.SendAsync(request, cancel);
        var problem = response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(cancel);
        var by = response.Headers.TryGetValues(CountingInstance.AnsweredByHeader, out var names) ? names.Single() : "";
        return new Answer(response.StatusCode, by, problem);
    }

    /// <summary>Calls a service through every front door at once.</summary>
    public static Task<Answer[]> CallAll(IEnumerable<GatehouseProcess> doors, string service, CancellationToken cancel) =>
        Task.WhenAll(doors.Select(door => Call(door, service, cancel)));
}

/// <summary>What a call was answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="By">The instance that answered; empty when it was the front door.</param>
/// <param name="Problem">The body of a failure.</param>
internal readonly record struct Answer(HttpStatusCode Status, string By, string Problem)
{
    public bool IsNoInstance =>
        Status == HttpStatusCode.ServiceUnavailable && Problem.Contains("urn:gatehouse:error:no-instance", StringComparison.Ordinal);
}
