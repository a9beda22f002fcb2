using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Grains.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests.Compatibility;

/// <summary>
/// What earlier versions stored (JSON) and sent (Orleans' own format) is still read, and means the same. For a release,
/// <c>GATEHOUSE_RECORD=1.2.3</c> writes what that version stores and sends into <c>recorded/1.2.3</c>: a file for each type, by its alias.
/// </summary>
public sealed class RecordedStateTests
{
    private static readonly Assembly Grains = typeof(Instance).Assembly;

    private static readonly string Folder = Path.Combine(Root(), "tests", "Grains.Tests", "Compatibility", "recorded");

    /// <summary>The state of every grain there is.</summary>
    private static readonly Dictionary<string, Type> Stored = Grains.GetTypes()
        .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        .SelectMany(constructor => constructor.GetParameters())
        .Where(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>() is not null)
        .Select(parameter => parameter.ParameterType.GetGenericArguments()[0])
        .Where(state => !state.IsGenericParameter)
        .Distinct()
        .ToDictionary(Name);

    /// <summary>Everything that silos and front doors of two versions say to each other during an upgrade.</summary>
    private static readonly Dictionary<string, Type> Sent = Grains.GetTypes()
        .Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && type is { IsAbstract: false, ContainsGenericParameters: false }
            && !typeof(Exception).IsAssignableFrom(type))
        .ToDictionary(Name);

    public static TheoryData<string> StoredFiles => [.. Recorded("*.json")];

    public static TheoryData<string> SentFiles => [.. Recorded("*.sent")];

    private static SystemTextJsonGrainStorageSerializer Json { get; } = new(Options.Create(new SystemTextJsonGrainStorageSerializerOptions()));

    [Theory, MemberData(nameof(StoredFiles))]
    public void What_an_earlier_version_stored_is_read_with_nothing_lost(string file)
    {
        var recorded = File.ReadAllText(Path.Combine(Folder, file));

        Missing(JsonNode.Parse(recorded), Reread(Stored[Path.GetFileNameWithoutExtension(file)], recorded), "").ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(SentFiles))]
    public void What_an_earlier_version_sent_is_read_and_means_the_same(string file)
    {
        using var services = Wire();
        var recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!;

        var read = services.GetRequiredService<Serializer>().Deserialize<object>(Convert.FromBase64String(recorded["bytes"]!.GetValue<string>()))!;

        read.GetType().ShouldBe(Sent[Path.GetFileNameWithoutExtension(file)]);
        Missing(recorded["meaning"], Meaning(read), "").ShouldBeEmpty();
    }

    [Fact]
    public void There_are_records() => (Recorded("*.json").Any() && Recorded("*.sent").Any()).ShouldBeTrue();

    [Fact]
    public void Recording_writes_what_this_version_stores_and_sends()
    {
        using var services = Wire();
        var serializer = services.GetRequiredService<Serializer>();
        var files = Stored.Select(pair => (Name: $"{pair.Key}.json", Text: Write(pair.Value, Samples.Of(pair.Value)!)))
            .Concat(Sent.Select(pair => (Name: $"{pair.Key}.sent", Text: Message(serializer, Samples.Of(pair.Value)!))))
            .ToArray();

        files.ShouldAllBe(file => file.Text.Length > 2);
        if (Environment.GetEnvironmentVariable("GATEHOUSE_RECORD") is { Length: > 0 } version)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;
            foreach (var (name, text) in files)
            {
                File.WriteAllText(Path.Combine(folder, name), text + "\n");
            }
        }
    }

    // Of a generic type with what it is made of.
    private static string Name(Type type) => string.Join('+', type.GetGenericArguments().Select(part => part.Name).Prepend(
        type.GetCustomAttribute<AliasAttribute>()?.Alias ?? throw new InvalidOperationException($"{type} has no alias."))).Replace('`', '-');

    private static string Message(Serializer serializer, object message) =>
        new JsonObject { ["bytes"] = Convert.ToBase64String(serializer.SerializeToArray(message)), ["meaning"] = Meaning(message) }.ToJsonString();

    private static JsonNode? Meaning(object message) => JsonSerializer.SerializeToNode(message, message.GetType());

    private static string Write(Type type, object state) =>
        ((BinaryData)typeof(SystemTextJsonGrainStorageSerializer).GetMethod("Serialize")!.MakeGenericMethod(type).Invoke(Json, [state])!).ToString();

    // Read as the store does, and written again: what it did not understand is missing then.
    private static JsonNode? Reread(Type type, string recorded) => JsonNode.Parse(Write(
        type,
        typeof(SystemTextJsonGrainStorageSerializer).GetMethod("Deserialize")!.MakeGenericMethod(type).Invoke(Json, [BinaryData.FromString(recorded)])!));

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

    private static ServiceProvider Wire() => new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(Grains))
        .BuildServiceProvider();

    private static IEnumerable<string> Recorded(string files) => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, files, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file))
        : [];

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
