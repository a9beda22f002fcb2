using System.Reflection;
using Gatehouse.Api;
using Gatehouse.Silo;
using Gatehouse.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Deploy.Tests.Kubernetes;

/// <summary>The settings in <c>k8s/</c> are settings that Gatehouse has, with values it takes.</summary>
public sealed class SettingsTests
{
    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Every_key_is_a_setting(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var variables = manifests.Gatehouse.SelectMany(pod => pod.Container.Env).Select(variable => variable.Name);

        manifests.Settings().Keys.Concat(variables).ShouldAllBe(key => Known.IsSetting(key));
    }

    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Processes_take_the_values(string overlay)
    {
        var configuration = Configuration(overlay);

        Settings.Read<SiloOptions>(configuration, SiloOptions.Section).HealthUrl.ShouldNotBeEmpty();
        Settings.Read<GatehouseOptions>(configuration, GatehouseOptions.Section).PublicUrl.ShouldNotBeEmpty();
    }

    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Ports_of_the_containers_are_those_of_the_settings(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var configuration = Configuration(overlay);
        var silo = manifests.Gatehouse.Single(pod => pod.Name == "gatehouse-silo");
        var door = manifests.Gatehouse.Single(pod => pod.Name == "gatehouse-front-door");
        var options = Settings.Read<SiloOptions>(configuration, SiloOptions.Section);

        silo.Port("health").ShouldBe(ListenUrl.Parse("HealthUrl", options.HealthUrl).Port);
        silo.Port("silo").ShouldBe(options.SiloPort);
        silo.Port("gateway").ShouldBe(options.GatewayPort);
        door.Port("public").ShouldBe(ListenUrl.Parse("PublicUrl", configuration["Gatehouse:PublicUrl"]!).Port);
        door.Port("management").ShouldBe(ListenUrl.Parse("ManagementUrl", configuration["Gatehouse:ManagementUrl"]!).Port);
    }

    private static ConfigurationManager Configuration(string overlay)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(Manifests.Of(overlay).Settings()
            .Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)));
        return configuration;
    }

    /// <summary>Every setting there is, by its class: those of the section's own options, and of each options class with a section.</summary>
    private static class Known
    {
        private static readonly Dictionary<string, Type[]> Sections = new[] { typeof(GatehouseOptions).Assembly, typeof(SiloOptions).Assembly, typeof(Grains.Views.ViewOptions).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?.GetRawConstantValue() as string))
            .Where(pair => pair.Section is not null)
            .GroupBy(pair => pair.Section!, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.Type).ToArray(), StringComparer.OrdinalIgnoreCase);

        public static bool IsSetting(string key)
        {
            var path = key.Replace("__", ":", StringComparison.Ordinal);
            return path.StartsWith("Logging:", StringComparison.Ordinal)
                || path is "Gatehouse:SettingsPath"
                || path.StartsWith("OTEL_", StringComparison.Ordinal)
                || Sections.Any(section => path.StartsWith(section.Key + ":", StringComparison.OrdinalIgnoreCase)
                    && section.Value.Any(type => type.GetProperty(path[(section.Key.Length + 1)..].Split(':')[0]) is not null));
        }
    }
}
