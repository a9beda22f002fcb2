using System.Diagnostics;
using System.Runtime.Versioning;
using k8s;
using k8s.Models;

namespace Gatehouse.Deploy.Tests.Pipelines;

/// <summary>What <c>eng/deploy.sh</c> tells kubectl, which here renders as ever, and writes down the rest.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DeployScriptTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-deploy-");

    public DeployScriptTests()
    {
        var stub = Path.Combine(folder.FullName, "kubectl");
        File.WriteAllText(
            stub,
            $"""
            #!/bin/sh
            [ "$1" = kustomize ] && exec {Tool.Find("kubectl")} "$@"
            printf '%s\n' "$*" | sed 's# /[^ ]*# FILE#' >> {folder.FullName}/calls
            case "$*" in *"rollout status $FAILS"*) exit 1;; esac
            """);
        File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private string[] Calls => File.ReadAllLines(Path.Combine(folder.FullName, "calls"));

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Silos_are_in_force_before_front_doors_begin()
    {
        Run("production", fails: "nothing").ExitCode.ShouldBe(0);

        Calls.ShouldBe(
        [
            "apply -f FILE --selector app.kubernetes.io/component!=front-door",
            "-n gatehouse rollout status deployment/gatehouse-silo --timeout=15m",
            "apply -f FILE --selector app.kubernetes.io/component=front-door",
            "-n gatehouse rollout status deployment/gatehouse-front-door --timeout=15m",
        ]);
    }

    [Fact]
    public void Silos_that_do_not_come_up_are_taken_back_and_front_doors_stay()
    {
        Run("production", fails: "deployment/gatehouse-silo").ExitCode.ShouldBe(1);

        Calls[^1].ShouldBe("-n gatehouse rollout undo deployment/gatehouse-silo");
        Calls.ShouldNotContain(call => call.Contains("component=front-door", StringComparison.Ordinal));
    }

    [Fact]
    public void Front_doors_that_do_not_come_up_are_taken_back()
    {
        Run("production", fails: "deployment/gatehouse-front-door").ExitCode.ShouldBe(1);

        Calls[^1].ShouldBe("-n gatehouse rollout undo deployment/gatehouse-front-door");
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public void Dry_run_prints_the_manifests_with_the_version(string overlay)
    {
        var (exitCode, output) = Run(overlay, fails: "nothing", ("DRY_RUN", "1"));

        exitCode.ShouldBe(0);
        File.Exists(Path.Combine(folder.FullName, "calls")).ShouldBeFalse();
        KubernetesYaml.LoadAllFromString(output, Kubernetes.Manifests.CustomResources, strict: true).OfType<V1Deployment>()
            .Select(one => one.Spec.Template.Spec.Containers.Single().Image)
            .ShouldBe(["registry.example/silo:1.2.3", "registry.example/front-door:1.2.3"], ignoreOrder: true);
    }

    private (int ExitCode, string Output) Run(string overlay, string fails, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Repository.Path("eng", "deploy.sh"), [overlay]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["VERSION"] = "1.2.3";
        start.Environment["IMAGE_REGISTRY"] = "registry.example";
        start.Environment["ARTIFACTS"] = folder.FullName;
        start.Environment["FAILS"] = fails;
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
