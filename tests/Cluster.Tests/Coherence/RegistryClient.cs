using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// Registers and deregisters as a service does, by the native API or by Eureka's protocol. A service that is told that
/// the cluster did not answer sends the same again.
/// </summary>
/// <param name="patience">How long; zero to take the first answer.</param>
internal sealed class RegistryClient(TimeSpan patience)
{
    private int retries;

    /// <summary>How many commands had to be sent again.</summary>
    public int Retries => retries;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task Register(GatehouseProcess door, string service, string id, Uri address, int leaseSeconds, bool eureka)
    {
        var answer = await Send(() => eureka
            ? door.Management.PostAsJsonAsync($"/eureka/apps/{service}", EurekaInstance(service, id, address, leaseSeconds), Cancel)
            : door.Management.PutAsJsonAsync(PathOf(service, id), new { address, leaseSeconds }, Cancel));
        answer.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent);
    }

    public async Task Deregister(GatehouseProcess door, string service, string id, bool eureka)
    {
        var before = Retries;
        var answer = await Send(() => door.Management.DeleteAsync(
            new Uri(eureka ? $"/eureka/apps/{service}/{id}" : PathOf(service, id), UriKind.Relative), Cancel));

        // Sent again, it may find done what nobody could answer before: that it is gone is an answer as good.
        var allowed = answer == HttpStatusCode.NotFound && Retries > before;
        (allowed || answer is HttpStatusCode.NoContent or HttpStatusCode.OK).ShouldBeTrue($"deregistering {id}: {answer}");
    }

    /// <summary>Renews a lease; false when the instance is unknown.</summary>
    public async Task<bool> Beat(GatehouseProcess door, string service, string id)
    {
        var answer = await Send(() => door.Management.PostAsync(
            new Uri($"{PathOf(service, id)}/heartbeat", UriKind.Relative), null, Cancel));
        answer.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        return answer == HttpStatusCode.NoContent;
    }

    private async Task<HttpStatusCode> Send(Func<Task<HttpResponseMessage>> send)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var response = await send();
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || Stopwatch.GetElapsedTime(started) >= patience)
            {
                return response.StatusCode;
            }

            Interlocked.Increment(ref retries);
        }
    }

    private static string PathOf(string service, string id) => $"/registry/v1/services/{service}/instances/{id}";

    private static object EurekaInstance(string service, string id, Uri address, int leaseSeconds) => new
    {
        instance = new Dictionary<string, object>
        {
            ["instanceId"] = id,
            ["app"] = service,
            ["hostName"] = address.Host,
            ["ipAddr"] = address.Host,
            ["vipAddress"] = service,
            ["status"] = "UP",
            ["port"] = new Dictionary<string, object> { ["$"] = address.Port, ["@enabled"] = "true" },
            ["dataCenterInfo"] = new Dictionary<string, object>
            {
                ["@class"] = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
                ["name"] = "MyOwn",
            },
            ["leaseInfo"] = new { durationInSecs = leaseSeconds },
        },
    };
}
