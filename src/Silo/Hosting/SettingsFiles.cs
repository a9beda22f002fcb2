using Microsoft.Extensions.FileProviders;

namespace Gatehouse.Silo.Hosting;

/// <summary>
/// Settings from a folder with a file each, as Kubernetes and Docker mount secrets and configuration: the file's name is
/// the environment's (<c>Gatehouse__Redis</c>), its content the value.
/// </summary>
internal static class SettingsFiles
{
    private const string Setting = "Gatehouse:SettingsPath";

    /// <summary>Adds the folder named by <c>Gatehouse:SettingsPath</c>; environment and command line win over it.</summary>
    /// <exception cref="StartupException">There is no such folder.</exception>
    public static void AddSettingsFiles(this IConfigurationManager configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } folder)
        {
            return;
        }

        if (!Directory.Exists(folder))
        {
            throw new StartupException($"{Setting}: there is no folder '{folder}'");
        }

        // Looked at every few seconds: mounted folders are swapped by links, of which the kernel sends no notice.
        var files = new PhysicalFileProvider(Path.GetFullPath(folder)) { UsePollingFileWatcher = true, UseActivePolling = true };
        var source = new Microsoft.Extensions.Configuration.KeyPerFile.KeyPerFileConfigurationSource
        {
            FileProvider = files,
            ReloadOnChange = true,
            // Certificates may be beside the settings.
            IgnoreCondition = name => name.Contains('.', StringComparison.Ordinal),
        };
        configuration.Sources.Insert(BeforeEnvironment(configuration.Sources), source);
    }

    private static int BeforeEnvironment(IList<IConfigurationSource> sources)
    {
        // The host's own variables (DOTNET_ and ASPNETCORE_) come earlier, with a prefix.
        for (var index = 0; index < sources.Count; index++)
        {
            if (sources[index] is Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationSource { Prefix: null or "" })
            {
                return index;
            }
        }

        return sources.Count;
    }
}
