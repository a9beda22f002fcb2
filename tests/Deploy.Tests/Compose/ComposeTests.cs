using YamlDotNet.RepresentationModel;

namespace Gatehouse.Deploy.Tests.Compose;

/// <summary>What holds for <c>docker-compose.yml</c> and the files it mounts.</summary>
public sealed class ComposeTests
{
    private static readonly YamlMappingNode Document = Load("docker-compose.yml");

    private static YamlMappingNode Services => Map(Document, "services");

    [Fact]
    public void There_are_a_redis_with_a_log_three_silos_two_front_doors_and_an_entry()
    {
        Text(Services["redis"]["command"]).ShouldContain("--appendonly, yes");
        Text(Services["silo"]["deploy"]["replicas"]).ShouldBe("3");
        Text(Services["front-door"]["deploy"]["replicas"]).ShouldBe("2");
        Services.Children.ShouldContainKey("entry");
    }

    [Fact]
    public void Observability_is_a_profile_and_the_rest_is_not()
    {
        var optional = Services.Children.Where(service => Map(service.Value).Children.ContainsKey("profiles")).Select(service => Text(service.Key)).ToArray();

        optional.ShouldBe(["collector", "prometheus", "grafana", "jaeger", "elasticsearch", "kibana"], ignoreOrder: true);
    }

    [Fact]
    public void Gatehouse_runs_hardened_and_has_time_to_stop()
    {
        foreach (var name in new[] { "silo", "front-door", "entry", "redis" })
        {
            var service = Merged(Map(Services, name));
            Text(service["read_only"]).ShouldBe("true", name);
            Text(service["cap_drop"]).ShouldContain("ALL");
            Text(service["security_opt"]).ShouldContain("no-new-privileges");
        }

        Text(Services["silo"]["stop_grace_period"]).ShouldBe("45s");
        Text(Services["front-door"]["stop_grace_period"]).ShouldBe("45s");
    }

    [Fact]
    public void Ports_are_open_to_this_machine_alone()
    {
        var ports = Services.Children.Values.Select(node => Map(node)).Where(service => service.Children.ContainsKey("ports"))
            .SelectMany(service => ((YamlSequenceNode)service["ports"]).Children).Select(Text).ToArray();

        ports.ShouldNotBeEmpty();
        ports.ShouldAllBe(port => port.StartsWith("127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_are_mounted_or_built_are_there()
    {
        foreach (var (key, value) in Services.Children)
        {
            var service = Map(value);
            foreach (var volume in service.Children.TryGetValue("volumes", out var volumes) ? ((YamlSequenceNode)volumes).Children.Select(Text) : [])
            {
                var source = volume.Split(':')[0];
                if (source.StartsWith("./", StringComparison.Ordinal))
                {
                    Path.Exists(Repository.Path(source[2..])).ShouldBeTrue($"{Text(key)}: {source}");
                }
                else
                {
                    Map(Document, "volumes").Children.ShouldContainKey(source);
                }
            }

            if (service.Children.TryGetValue("build", out var build))
            {
                File.Exists(Repository.Path(Text(build["dockerfile"]))).ShouldBeTrue();
            }
        }

        File.Exists(Repository.Path("deploy", "compose", "management-secret")).ShouldBeTrue();
    }

    [Fact]
    public void Dependencies_and_images_are_named()
    {
        foreach (var (key, value) in Services.Children)
        {
            var service = Map(value);
            Text(service["image"]).ShouldMatch("^.+:[^:]+$");
            Text(service["image"]).ShouldNotEndWith(":latest");
            foreach (var other in service.Children.TryGetValue("depends_on", out var needed) ? Map(needed).Children.Keys : [])
            {
                Services.Children.ShouldContainKey(other, $"{Text(key)} depends on {Text(other)}");
            }
        }
    }

    [Theory]
    [InlineData("src/Silo/Dockerfile", "/app/Gatehouse.Silo")]
    [InlineData("src/Api/Dockerfile", "/app/Gatehouse.Api")]
    public void Image_is_made_in_stages_and_runs_as_nobody_with_its_own_probe(string file, string program)
    {
        var lines = Repository.Read(file.Split('/')).Split('\n');

        lines.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ShouldBe(2);
        lines.ShouldContain("USER 1654:1654");
        lines.ShouldContain($"ENTRYPOINT [\"{program}\"]");
        lines.ShouldContain(line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && line.EndsWith($"CMD [\"{program}\", \"health\"]", StringComparison.Ordinal));
    }

    internal static YamlMappingNode Load(params string[] path)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(Repository.Read(path));
        stream.Load(reader);
        return Map(stream.Documents.ShouldHaveSingleItem().RootNode);
    }

    internal static YamlMappingNode Map(YamlNode node, string? key = null) => (YamlMappingNode)(key is null ? node : node[key]);

    internal static string Text(YamlNode node) => node switch
    {
        YamlSequenceNode sequence => string.Join(", ", sequence.Children.Select(Text)),
        YamlScalarNode scalar => scalar.Value ?? "",
        _ => node.ToString(),
    };

    private static YamlMappingNode Merged(YamlMappingNode service)
    {
        var merged = new YamlMappingNode();
        foreach (var (key, value) in Map(service["<<"]).Children.Concat(service.Children))
        {
            merged.Children[key] = value;
        }

        return merged;
    }
}
