using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Gatehouse.Deploy.Tests.Compose;

/// <summary>Dashboards and alerts are about metrics that there are, and every alert is explained.</summary>
public sealed partial class ObservabilityTests
{
    public static TheoryData<string> Dashboards => ["traffic.json", "cluster.json"];

    [Fact]
    public void Every_alert_is_explained_in_the_operations_guide()
    {
        var guide = Repository.Read("docs", "operations.md");

        Alerts().Select(alert => ComposeTests.Text(alert["alert"])).ShouldAllBe(name => guide.Contains($"`{name}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_says_for_how_long_how_bad_and_what()
    {
        foreach (var alert in Alerts())
        {
            ComposeTests.Text(alert["for"]).ShouldNotBeEmpty();
            ComposeTests.Text(alert["labels"]["severity"]).ShouldBeOneOf("page", "warning");
            ComposeTests.Text(alert["annotations"]["summary"]).ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData("check", "rules", "deploy/observability/alerts.yaml")]
    [InlineData("check", "config", "--syntax-only", "deploy/observability/prometheus.yaml")]
    [InlineData("test", "rules", "tests/Deploy.Tests/Compose/alerts.test.yaml")]
    public void Prometheus_reads_the_files_and_each_alert_comes_when_it_should(params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool.Find("promtool"), arguments) { WorkingDirectory = Repository.Path(), RedirectStandardOutput = true, RedirectStandardError = true };
        using var promtool = Process.Start(start)!;
        var told = promtool.StandardOutput.ReadToEnd() + promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        promtool.ExitCode.ShouldBe(0, told);
    }

    [Fact]
    public void Every_alert_is_tested()
    {
        var tests = Repository.Read("tests", "Deploy.Tests", "Compose", "alerts.test.yaml");

        Alerts().Select(alert => ComposeTests.Text(alert["alert"])).ShouldAllBe(name => tests.Contains($"alertname=\"{name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Alerts_on_kubernetes_are_the_same() => ComposeTests.Load("k8s", "components", "service-monitor", "prometheus-rule.yaml")["spec"]["groups"]
        .Equals(ComposeTests.Load("deploy", "observability", "alerts.yaml")["groups"]).ShouldBeTrue();

    [Theory, MemberData(nameof(Dashboards))]
    public void Dashboard_is_one_that_grafana_reads(string file)
    {
        using var document = JsonDocument.Parse(Repository.Read("deploy", "observability", "grafana", "dashboards", file));
        var panels = document.RootElement.GetProperty("panels").EnumerateArray().ToArray();

        panels.ShouldNotBeEmpty();
        panels.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
        panels.ShouldAllBe(panel => panel.GetProperty("datasource").GetProperty("uid").GetString() == "prometheus");
        ComposeTests.Text(ComposeTests.Load("deploy", "observability", "grafana", "provisioning", "datasources", "datasources.yaml")["datasources"][0]["uid"]).ShouldBe("prometheus");
    }

    [Fact]
    public void Metrics_of_gatehouse_that_are_asked_for_are_made_somewhere()
    {
        var asked = Directory.GetFiles(Repository.Path("deploy", "observability"), "*.*", SearchOption.AllDirectories)
            .Append(Repository.Path("k8s", "components", "queue-length", "kustomization.yaml"))
            .SelectMany(file => Metric().Matches(File.ReadAllText(file)).Select(match => match.Value))
            .Distinct()
            .ToArray();
        var made = Directory.GetFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value.Replace('.', '_')))
            .Distinct()
            .ToArray();

        asked.ShouldNotBeEmpty();
        asked.ShouldAllBe(name => made.Any(instrument => name.StartsWith(instrument, StringComparison.Ordinal)));
    }

    private static IEnumerable<YamlMappingNode> Alerts() => ((YamlSequenceNode)ComposeTests.Load("deploy", "observability", "alerts.yaml")["groups"][0]["rules"])
        .Children.Select(node => ComposeTests.Map(node));

    [GeneratedRegex("gatehouse_(?:view|registry|work|certificate|routing|publish|circuit)[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("\"(?<name>gatehouse\\.[a-z_.]+)\"")]
    private static partial Regex Instrument();
}
