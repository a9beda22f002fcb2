using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Gatehouse.Deploy.Tests.Compose;
using YamlDotNet.RepresentationModel;

namespace Gatehouse.Deploy.Tests.Pipelines;

/// <summary>GitHub's pipeline and Jenkins' are the same stages, by the same scripts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class PipelineTests
{
    private static readonly string[] Scripts = ["eng/build.sh", "eng/analyze.sh", "eng/integration.sh", "eng/images.sh", "eng/deploy.sh production"];

    private static readonly string Jenkinsfile = Repository.Read("Jenkinsfile");

    private static YamlMappingNode Jobs => ComposeTests.Map(ComposeTests.Load(".github", "workflows", "ci.yml"), "jobs");

    [Fact]
    public void Jenkins_runs_every_script_in_order() => ScriptCall().Matches(Jenkinsfile).Select(match => match.Value).ShouldBe(Scripts);

    [Fact]
    public void GitHub_runs_every_script_in_order() => Jobs.Children.Values
        .SelectMany(job => ((YamlSequenceNode)job["steps"]).Children)
        .Where(step => ComposeTests.Map(step).Children.ContainsKey("run"))
        .SelectMany(step => ScriptCall().Matches(ComposeTests.Text(step["run"])).Select(match => match.Value))
        .ShouldBe(Scripts);

    [Fact]
    public void Scripts_are_there_and_can_be_run()
    {
        foreach (var script in Scripts)
        {
            File.GetUnixFileMode(Repository.Path(script.Split(' ')[0].Split('/'))).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue(script);
        }
    }

    [Fact]
    public void Jenkins_has_a_stage_for_each_and_nothing_is_left_open()
    {
        StageName().Matches(Jenkinsfile).Select(match => match.Groups["name"].Value)
            .ShouldBe(["Repository", "Build and unit tests", "Static analysis", "Integration tests", "Images", "Deploy"]);
        Jenkinsfile.Count(character => character == '{').ShouldBe(Jenkinsfile.Count(character => character == '}'));
    }

    [Fact]
    public void Only_what_passed_everything_becomes_an_image_and_only_a_tag_is_deployed()
    {
        Needs("analyze").ShouldBe("build");
        Needs("integration").ShouldBe("build");
        Needs("images").ShouldBe("analyze, integration");
        Needs("deploy").ShouldBe("images");
        ComposeTests.Text(Jobs["deploy"]["if"]).ShouldBe("startsWith(github.ref, 'refs/tags/v')");
        Jenkinsfile.ShouldMatch(@"stage\('Deploy'\) \{\s+when \{ buildingTag\(\) \}");
    }

    [Fact]
    public void Analysis_is_told_where_SonarQube_is_and_has_the_results_of_the_tests()
    {
        var analysis = ((YamlSequenceNode)Jobs["analyze"]["steps"]).Children.Select(step => ComposeTests.Map(step)).ToArray();

        var variables = analysis.Single(step => step.Children.ContainsKey("run"))["env"];
        ComposeTests.Map(variables).Children.Keys.Select(ComposeTests.Text).ShouldBe(["SONAR_HOST_URL", "SONAR_TOKEN"]);
        Jenkinsfile.ShouldMatch(@"SONAR_HOST_URL = ""[^""]+""\s+SONAR_TOKEN = credentials");
        // Jenkins has them in its workspace; here another machine made them.
        var download = analysis.Single(step => step.Children.TryGetValue("uses", out var action) && ComposeTests.Text(action).StartsWith("actions/download-artifact@", StringComparison.Ordinal));
        ComposeTests.Text(download["with"]["name"]).ShouldBe("results-build");
    }

    private static string Needs(string job) => ComposeTests.Text(Jobs[job]["needs"]);

    [GeneratedRegex(@"eng/[a-z]+\.sh(?: production)?")]
    private static partial Regex ScriptCall();

    [GeneratedRegex(@"stage\('(?<name>[^']+)'\)")]
    private static partial Regex StageName();
}
