using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests.Compatibility;

/// <summary>
/// What earlier releases stored (JSON) and sent (Orleans' own format) is still read, and means the same. For a release,
/// <c>GATEHOUSE_RECORD=1.2.3</c> writes what that version stores and sends into <c>recorded/1.2.3</c>.
/// </summary>
public sealed class RecordedStateTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Instance Sample = new()
    {
        Service = "BOOKS",
        Id = "books-1",
        Address = "http://10.0.0.5:8080",
        Zone = "zone-a",
        Weight = 7,
        Status = InstanceStatus.OutOfService,
        Override = InstanceStatus.OutOfService,
        Suspect = true,
        Action = InstanceAction.Modified,
        Metadata = ImmutableDictionary<string, string>.Empty.Add("version", "2"),
        Lease = TimeSpan.FromSeconds(42),
        RegisteredAt = At,
        UpdatedAt = At.AddSeconds(1),
        UpSince = At.AddSeconds(-1),
        Eureka = new EurekaDetails { HostName = "books", IpAddr = "10.0.0.5", Port = 8080, VipAddress = "books", LastDirtyTimestamp = 1_767_323_045_000 },
    };

    // What is stored, by the file's name. A state record gets a sample here when its first release is recorded.
    private static readonly Dictionary<string, object> Stored = new()
    {
        ["service"] = new ServiceState { Version = 12, Instances = ImmutableDictionary<string, Instance>.Empty.Add(Sample.Id, Sample), Purged = ["books-0"] },
        ["publisher-epoch"] = new EpochState { Epoch = 5 },
        ["publisher-owners"] = new OwnersState { Owners = ["service/BOOKS"] },
        ["routes"] = new RouteListing(),
    };

    // What silos and front doors of two versions say to each other during an upgrade.
    private static readonly Dictionary<string, object> Sent = new()
    {
        ["instance"] = Sample,
        ["heartbeat"] = new Heartbeat("books-1", 5, true, InstanceStatus.Up),
        ["operation"] = new Operation("op-1", At),
    };

    private static readonly string Folder = Path.Combine(Root(), "tests", "Grains.Tests", "Compatibility", "recorded");

    public static TheoryData<string> Files => [.. Recorded().Select(file => Path.GetRelativePath(Folder, file))];

    [Theory, MemberData(nameof(Files))]
    public void What_an_earlier_release_recorded_is_read_with_nothing_lost(string file)
    {
        var path = Path.Combine(Folder, file);
        var name = Path.GetFileNameWithoutExtension(file);
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            var recorded = File.ReadAllText(path);
            Missing(JsonNode.Parse(recorded), Read(Stored[name].GetType(), recorded), "").ShouldBeEmpty();
        }
        else
        {
            using var services = Wire();
            var read = services.GetRequiredService<Serializer>().Deserialize<object>(Convert.FromBase64String(File.ReadAllText(path)));
            Text(read!).ShouldBe(Text(Sent[name]));
        }
    }

    [Fact]
    public void There_is_a_record_of_a_release() => Recorded().ShouldNotBeEmpty();

    [Fact]
    public void Recording_writes_what_this_version_stores_and_sends()
    {
        if (Environment.GetEnvironmentVariable("GATEHOUSE_RECORD") is not { Length: > 0 } version)
        {
            Stored.Values.ShouldAllBe(state => Write(state).Length > 0);
            return;
        }

        var folder = Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;
        foreach (var (name, state) in Stored)
        {
            File.WriteAllText(Path.Combine(folder, name + ".json"), Write(state));
        }

        using var services = Wire();
        foreach (var (name, message) in Sent)
        {
            File.WriteAllText(Path.Combine(folder, name + ".base64"), Convert.ToBase64String(services.GetRequiredService<Serializer>().SerializeToArray(message)));
        }
    }

    private static SystemTextJsonGrainStorageSerializer Json { get; } = new(Options.Create(new SystemTextJsonGrainStorageSerializerOptions()));

    private static string Write(object state) =>
        ((BinaryData)typeof(SystemTextJsonGrainStorageSerializer).GetMethod("Serialize")!.MakeGenericMethod(state.GetType()).Invoke(Json, [state])!).ToString();

    // Read as the store does, and written again: what it did not understand is missing then.
    private static JsonNode Read(Type type, string recorded)
    {
        var state = typeof(SystemTextJsonGrainStorageSerializer).GetMethod("Deserialize")!.MakeGenericMethod(type).Invoke(Json, [BinaryData.FromString(recorded)])!;
        return JsonNode.Parse(Write(state))!;
    }

    private static List<string> Missing(JsonNode? recorded, JsonNode? read, string path) => recorded switch
    {
        JsonObject before => [.. before.SelectMany(property => read is JsonObject after && after.ContainsKey(property.Key)
            ? Missing(property.Value, after[property.Key], $"{path}/{property.Key}")
            : [$"{path}/{property.Key}"])],
        JsonArray before => read is JsonArray after && after.Count == before.Count
            ? [.. before.SelectMany((item, index) => Missing(item, after[index], $"{path}/{index}"))]
            : [path],
        _ => JsonNode.DeepEquals(recorded, read) ? [] : [$"{path}: {recorded} was read as {read}"],
    };

    private static string Text(object value) => JsonSerializer.Serialize(value, value.GetType());

    private static ServiceProvider Wire() => new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(Instance).Assembly))
        .BuildServiceProvider();

    private static string[] Recorded() => Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.*", SearchOption.AllDirectories) : [];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not run from within the repository.");
        }

        return folder;
    }
}
