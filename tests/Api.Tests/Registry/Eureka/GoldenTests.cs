using Gatehouse.Api.Modules;
using Microsoft.Extensions.DependencyInjection.Extensions;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>
/// Replays everything recorded from the original server against the real application: the same status, content type and
/// body, except for the deviations that are listed here with their reasons.
/// </summary>
public sealed class GoldenTests
{
    /// <summary>The recorded session, in the order that its times and states tell.</summary>
    private static readonly string[] Session =
    [
        "register", "register-lower", "register-mismatch", "register-noid",
        "apps-json", "apps-slash", "apps-xml", "compact", "compact-xml", "app-json", "app-lower", "app-404",
        "inst-json", "inst-xml", "instances", "gzip-size",
        "heartbeat", "heartbeat-unknown", "heartbeat-newer", "heartbeat-older-repl",
        "status-404", "status-bad", "status-oos", "overrides", "delta-oos", "reregister-oos", "inst-after-rereg",
        "status-del", "inst-after-del", "hb-after-del", "status-del-up", "metadata", "vips", "svips", "vips-unknown",
        "cancel", "cancel-404", "app-empty", "apps-empty", "delta-del",
        "reg-nodc", "reg-garbage", "reg-ctype", "reg-nowrap", "reg-dc-netflix", "reg-scalar-port", "sp",
        "reg-string-port", "st", "reg-xml", "xm", "reg-amazon", "am", "repl-batch", "status-res",
    ];

    /// <summary>Where the answer is better than the recorded one, and in which way.</summary>
    private static readonly Dictionary<string, Deviation> Deviations = new()
    {
        ["status-bad"] = new("a status that is none is the client's fault, not the server's", 400, "application/xml")
        {
            Answer = "Invalid status, expecting one of UP, DOWN, STARTING, OUT_OF_SERVICE, UNKNOWN",
        },
        ["reg-dc-netflix"] = new("the Node client's default has no @class", 204, "application/xml") { Answer = "" },
        ["reg-scalar-port"] = new("the Node client's default port is a bare number", 204, "application/xml") { Answer = "" },
        ["sp"] = new("it was registered above", 200, "application/json")
        {
            Answer = """
                {"application":{"name":"SP","instance":[{"hostName":"a","app":"SP","ipAddr":"1.1.1.1","status":"UP","overriddenStatus":"UNKNOWN",
                "port":{"$":8080,"@enabled":"true"},"securePort":{"$":7002,"@enabled":"false"},"countryId":1,
                "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
                "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":1795385577842,
                "lastRenewalTimestamp":1795385577842,"evictionTimestamp":0,"serviceUpTimestamp":1795385577842},
                "metadata":{"@class":"java.util.Collections$EmptyMap"},"vipAddress":"sp","isCoordinatingDiscoveryServer":"false",
                "lastUpdatedTimestamp":"1795385577842","lastDirtyTimestamp":"1795385577840","actionType":"ADDED"}]}}
                """,
        },
        ["repl-batch"] = new("the newer instance is told as it was when the heartbeat came, not after the rest of the batch")
        {
            Change = golden =>
            {
                var entity = golden["responseList"]![1]!["responseEntity"]!;
                entity["status"] = "UP";
                entity["overriddenStatus"] = "UNKNOWN";
                entity["lastDirtyTimestamp"] = "5";
                entity["actionType"] = "ADDED";
            },
        },
        ["status-res"] = new("an address that nothing is at is explained", 404, "application/problem+json")
        {
            Change = golden => golden.AsObject().Clear(),
        },
    };

    [Fact]
    public void Session_has_every_recorded_exchange() => Session.Order(StringComparer.Ordinal).ShouldBe(
        Directory.GetFiles(GoldenExchange.Folder, "*.txt").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!);

    [Fact]
    public async Task Recorded_session_is_answered_alike()
    {
        // The recorded server had no services of its own.
        await using var host = await GatehouseHost.Start(configure: builder => builder.Services.RemoveAll<IServiceModule>());
        var failures = new List<string>();
        foreach (var name in Session)
        {
            failures.AddRange((await Replay(host.Management, name)).Select(difference => $"{name}: {difference}"));
        }

        failures.ShouldBeEmpty();
    }

    private static async Task<IEnumerable<string>> Replay(HttpClient http, string name)
    {
        var golden = GoldenExchange.Read(name);
        using var request = golden.Request();
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        if (golden.Status is null)
        {
            // Recorded for its size only: the answer was thrown away.
            return await DifferencesOfCompressed(response);
        }

        var deviation = Deviations.GetValueOrDefault(name);
        var answer = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Trim();
        var contentType = response.Content.Headers.ContentType?.ToString();
        var differences = new List<string>();
        if ((int)response.StatusCode != (deviation?.Status ?? golden.Status))
        {
            differences.Add($"status is {(int)response.StatusCode}, not {golden.Status}");
        }

        if (contentType != (deviation?.ContentType ?? golden.ContentType))
        {
            differences.Add($"content type is {contentType}, not {golden.ContentType}");
        }

        if (answer.Length == 0 && response.StatusCode != HttpStatusCode.NoContent && response.Content.Headers.ContentLength != 0)
        {
            differences.Add("an empty answer does not state its length");
        }

        differences.AddRange(name == "status-res" ? [] : DifferencesOfBody(golden, deviation, answer));
        return differences;
    }

    private static IEnumerable<string> DifferencesOfBody(GoldenExchange golden, Deviation? deviation, string answer)
    {
        var expected = deviation?.Answer ?? golden.Answer;
        if (!expected.StartsWith('{') && !expected.StartsWith('<'))
        {
            return answer == expected ? [] : [$"body is '{answer}', not '{expected}'"];
        }

        if (!answer.StartsWith(expected[0]))
        {
            return [$"body is '{answer}'"];
        }

        var (left, right) = (Parse(expected), Parse(answer));
        NameInstances(left);
        deviation?.Change?.Invoke(left);
        return GoldenShape.Differences(left, right);
    }

    private static async Task<IEnumerable<string>> DifferencesOfCompressed(HttpResponseMessage response)
    {
        if (!response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            return ["the answer is not compressed"];
        }

        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var gzip = new GZipStream(body, CompressionMode.Decompress);
        var document = await JsonNode.ParseAsync(gzip, cancellationToken: TestContext.Current.CancellationToken);
        return document!["applications"] is null ? ["there are no applications"] : [];
    }

    private static JsonNode Parse(string body) => body[0] == '{' ? JsonNode.Parse(body)! : GoldenShape.FromXml(XElement.Parse(body));

    /// <summary>
    /// The deviation of every list: clients such as Steeltoe drop an instance without an id, and then never agree on the
    /// hash; so one is made up, where the original server leaves it out.
    /// </summary>
    private static void NameInstances(JsonNode? node)
    {
        if (node is JsonObject instance && instance.ContainsKey("hostName") && !instance.ContainsKey("instanceId"))
        {
            var port = instance["port"]!["$"]!.ToString();
            instance["instanceId"] = $"{instance["hostName"]}:{instance["app"]!.ToString().ToLowerInvariant()}:{port}";
        }

        foreach (var child in node switch
        {
            JsonObject item => item.Select(pair => pair.Value).ToList(),
            JsonArray list => list.ToList(),
            _ => [],
        })
        {
            NameInstances(child);
        }
    }

    /// <summary>How an answer differs from the recorded one, on purpose.</summary>
    private sealed record Deviation(string Reason, int? Status = null, string? ContentType = null)
    {
        /// <summary>The body instead of the recorded one.</summary>
        public string? Answer { get; init; }

        /// <summary>What is different in the recorded body.</summary>
        public Action<JsonNode>? Change { get; init; }
    }
}
