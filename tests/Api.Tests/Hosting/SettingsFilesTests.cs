using Gatehouse.Api.Hosting;
using Gatehouse.Silo;
using Gatehouse.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class SettingsFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-settings-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Files_are_settings_and_the_command_line_wins_over_them()
    {
        Write("Gatehouse__Zone", "from-a-file\n");
        Write("Gatehouse__PublicUrl", "http://127.0.0.1:1");
        Write("tls.crt", "not a setting");

        var configuration = Configuration("--Gatehouse:PublicUrl=http://127.0.0.1:2");

        configuration["Gatehouse:Zone"].ShouldBe("from-a-file");
        configuration["Gatehouse:PublicUrl"].ShouldBe("http://127.0.0.1:2");
        configuration["tls.crt"].ShouldBeNull();
    }

    [Fact]
    public async Task Changed_file_is_read_again()
    {
        Write("Logging__LogLevel__Default", "Warning");
        var configuration = Configuration();
        configuration["Logging:LogLevel:Default"].ShouldBe("Warning");
        var changed = new TaskCompletionSource();
        using var _ = ((IConfiguration)configuration).GetReloadToken().RegisterChangeCallback(_ => changed.TrySetResult(), null);

        // As Kubernetes does: the link is swapped for another.
        Directory.CreateDirectory(Path.Combine(folder.FullName, "..next"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "..next", "level"), "Debug", TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(folder.FullName, "Logging__LogLevel__Default"));
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "Logging__LogLevel__Default"), Path.Combine("..next", "level"));

        await changed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        configuration["Logging:LogLevel:Default"].ShouldBe("Debug");
    }

    [Fact]
    public void Folder_that_is_not_there_is_named()
    {
        Should.Throw<StartupException>(() => Configuration("--Gatehouse:SettingsPath=/nowhere/at/all")).Message.ShouldBe(
            "Gatehouse:SettingsPath: there is no folder '/nowhere/at/all'");
    }

    [Fact]
    public void Read_tells_every_mistake_on_a_line_of_its_own()
    {
        var configuration = Configuration("--Gatehouse:SiloPort=70000", "--Gatehouse:GatewayPort=-1");

        Should.Throw<StartupException>(() => Settings.Read<Gatehouse.Silo.SiloOptions>(configuration, "Gatehouse"))
            .Message.Split(Environment.NewLine).Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)])
            .ShouldBe(["Gatehouse:SiloPort", "Gatehouse:GatewayPort"], ignoreOrder: true);
    }

    private ConfigurationManager Configuration(params string[] args)
    {
        var builder = WebApplication.CreateBuilder([$"--Gatehouse:SettingsPath={folder.FullName}", .. args]);
        builder.AddGatehouseDefaults();
        return builder.Configuration;
    }

    private void Write(string name, string value) => File.WriteAllText(Path.Combine(folder.FullName, name), value);
}
