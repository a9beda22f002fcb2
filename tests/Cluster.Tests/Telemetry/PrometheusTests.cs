using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;
using Gatehouse.Silo.Clustering;

namespace Gatehouse.Cluster.Tests.Telemetry;

/// <summary>What <c>/metrics</c> tells is understood by Prometheus itself: its checker and its server.</summary>
public sealed class PrometheusTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_areParsedByPromtool_andScrapedByPrometheus()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-");
        await using var service = await LocalService.StartEcho();
        await using var door = EmbeddedProcess.Start(Path.Combine(folder.FullName, "data"));
        await door.WaitUntilReady();
        using var registration = new StringContent($"{{\"address\":\"{service.Address}\"}}", null, "application/json");
        (await door.Management.PutAsync("/registry/v1/services/echo/instances/1", registration, Cancel)).EnsureSuccessStatusCode();
        for (var i = 0; i < 5; i++)
        {
            (await door.Public.GetAsync("/echo/x", Cancel)).EnsureSuccessStatusCode();
        }

        await Eventually.Holds(
            async () => (await door.Management.GetStringAsync("/metrics", Cancel)).Contains("gatehouse_service_duration_seconds_count", StringComparison.Ordinal),
            TimeSpan.FromSeconds(10),
            door.Process.Log);
        var (exit, told) = await Promtool(await door.Management.GetStringAsync("/metrics", Cancel));
        // 3 is advice on style alone; 1 is a document that cannot be read.
        exit.ShouldBeOneOf([0, 3], told);
        told.ShouldNotContain("gatehouse_", Case.Sensitive, told);

        using var port = new PortReservation(IPAddress.Loopback);
        var at = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port.Port}");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "prometheus.yml"),
            $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: gatehouse
                static_configs: [ { targets: ["{{door.Management.BaseAddress!.Authority}}"] } ]
            """,
            Cancel);
        await using var prometheus = ChildProcess.Start(
            "prometheus",
            "prometheus",
            [
                $"--config.file={folder.FullName}/prometheus.yml",
                $"--storage.tsdb.path={folder.FullName}/tsdb",
                $"--web.listen-address={at}",
            ]);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{at}") };

        await Value(client, prometheus, "up{job=\"gatehouse\"}", 1);
        await Value(client, prometheus, "gatehouse_service_calls_total{service=\"ECHO\",outcome=\"success\"}", 5);
        await Value(client, prometheus, "gatehouse_service_duration_seconds_bucket{service=\"ECHO\",le=\"+Inf\"}", 5);
        await Value(client, prometheus, "gatehouse_instance_duration_seconds_count{service=\"ECHO\",instance_id=\"1\"}", 5);
        await Value(client, prometheus, "sum(http_server_request_duration_seconds_count{http_route=\"/ECHO/{**rest}\"})", 5);
        await Value(client, prometheus, "histogram_quantile(0.5, gatehouse_service_duration_seconds_bucket{service=\"ECHO\"}) > 0", expected: null);
    }

    private static Task Value(HttpClient client, ChildProcess prometheus, string query, double? expected) => Eventually.Holds(
        async () =>
        {
            try
            {
                using var answer = JsonDocument.Parse(await client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}", Cancel));
                var results = answer.RootElement.GetProperty("data").GetProperty("result");
                return results.GetArrayLength() == 1
                    && double.Parse(results[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) is var value
                    && (expected is null || Math.Abs(value - expected.Value) < 1e-9);
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        TimeSpan.FromSeconds(30),
        () => $"{query}: {prometheus.Log()}");

    private static async Task<(int Exit, string Told)> Promtool(string metrics)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("promtool", ["check", "metrics"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.StandardInput.WriteAsync(metrics);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, await output + await error);
    }
}
