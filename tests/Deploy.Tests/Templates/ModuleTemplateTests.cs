using System.Diagnostics;

namespace Gatehouse.Deploy.Tests.Templates;

/// <summary>
/// The template of a service module as its user has it: installed, made at the root of a copy of the repository, registered by
/// the one line, built with warnings as errors, and its own tests run.
/// </summary>
public sealed class ModuleTemplateTests : IDisposable
{
    private const string Registered = "services.AddServiceModule<LendingModule>();";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Sources = ["src/Grains", "src/Silo", "src/Api"];

    // The tests' projects with what the module's tests need of them; the rest would only take its time.
    private static readonly string[] Files =
    [
        ".editorconfig", "global.json", "Directory.Build.props", "Directory.Packages.props", "src/Directory.Build.props", "tests/Directory.Build.props",
        "tests/Grains.Tests/Grains.Tests.csproj", "tests/Api.Tests/Api.Tests.csproj", "tests/Api.Tests/Hosting/GatehouseHost.cs",
    ];

    private readonly DirectoryInfo work = Directory.CreateTempSubdirectory("gatehouse-template-");

    public void Dispose() => work.Delete(recursive: true);

    [Fact]
    public async Task Module_madeByTheTemplate_buildsAndPassesItsTests()
    {
        Copy();
        await Dotnet("new", "install", Repository.Path("templates", "module"), "--debug:custom-hive", In("hive"));
        await Dotnet("new", "gatehouse-module", "-n", "Orders", "--debug:custom-hive", In("hive"));
        var capabilities = In("src/Api/Hosting/Capabilities.cs");
        var text = await File.ReadAllTextAsync(capabilities, TestContext.Current.CancellationToken);
        text.ShouldContain(Registered);
        await File.WriteAllTextAsync(
            capabilities,
            text.Replace(Registered, $"{Registered}services.AddServiceModule<Orders.OrdersModule>();", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        // The one build of a run of all tests that has the analyzers, as it has them anyway: it sees the sources too.
        await Dotnet("build", "src/Api", "-c", "Release", "-v", "quiet", "--nologo");
        foreach (var suite in new[] { "Grains.Tests", "Api.Tests" })
        {
            // The analyzers have seen the module above.
            await Dotnet("build", $"tests/{suite}", "-c", "Release", "-v", "quiet", "--nologo", "-p:RunAnalyzersDuringBuild=false");
            var run = await Run(In($"tests/{suite}/bin/Release/net10.0/Gatehouse.{suite}"), "-noColor", "-namespace", $"Gatehouse.{suite}.Orders");
            run.ShouldMatch(suite == "Api.Tests" ? "Total: 8," : "Total: 3,");
        }
    }

    private string In(string path) => Path.Combine(work.FullName, path);

    private void Copy()
    {
        var sources = Sources.SelectMany(source => Directory.EnumerateFiles(Repository.Path(source), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Path(), file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "data"));
        foreach (var file in sources.Concat(Files))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
            File.Copy(Repository.Path(file), In(file));
        }
    }

    private Task<string> Dotnet(params string[] arguments) => Run("dotnet", arguments);

    private async Task<string> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = work.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" },
        };
        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(Patience);
        await using var kill = late.Token.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{output}");
        return output;
    }
}
