using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Grains.Registry;
using Gatehouse.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests.Compatibility;

/// <summary>
/// What earlier builds stored (JSON) and sent (Orleans' own format) is still read, and means the same. <c>GATEHOUSE_RECORD=1.2.3</c>
/// writes what this build stores and sends into <c>recorded/1.2.3</c>: a file for each type, by its alias. What is recorded there stays.
/// </summary>
public sealed class RecordedStateTests
{
    /// <summary>Where there are grains.</summary>
    internal static readonly Assembly[] Assemblies = [typeof(Instance).Assembly, typeof(SiloApp).Assembly];

    private static readonly Type[] Types = [.. Assemblies.SelectMany(assembly => assembly.GetTypes())];

    private static readonly string Folder = Path.Combine(Root(), "tests", "Grains.Tests", "Compatibility", "recorded");

    /// <summary>The state of every grain there is.</summary>
    private static readonly Dictionary<string, Type> Stored = Types
        .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        .SelectMany(constructor => constructor.GetParameters())
        .Where(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>() is not null)
        .Select(parameter => parameter.ParameterType.GetGenericArguments()[0])
        .Where(state => !state.IsGenericParameter)
        .Distinct()
        .ToDictionary(Name);

    /// <summary>
    /// Everything that silos and front doors of two versions say to each other during an upgrade; generic types as grains' methods
    /// have them. Exceptions are not here: what they mean cannot be told as JSON.
    /// </summary>
    private static readonly Dictionary<string, Type> Sent = Types
        .Concat(Types.Where(type => typeof(Grain).IsAssignableFrom(type) && !type.IsAbstract)
            .SelectMany(grain => grain.GetInterfaces())
            .Where(type => Assemblies.Contains(type.Assembly))
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .SelectMany(Parts))
        .Where(type => Assemblies.Contains(type.Assembly) && type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && type is { IsAbstract: false, ContainsGenericParameters: false }
            && !typeof(Exception).IsAssignableFrom(type))
        .Distinct()
        .ToDictionary(Name);

    public static TheoryData<string> StoredFiles => [.. Recorded("*.json")];

    public static TheoryData<string> SentFiles => [.. Recorded("*.sent")];

    private static Serializer Wire { get; } = new ServiceCollection()
        .AddSerializer(serializer => Array.ForEach(Assemblies, assembly => serializer.AddAssembly(assembly)))
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

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
        var recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!;

        var read = Wire.Deserialize<object>(Convert.FromBase64String(recorded["bytes"]!.GetValue<string>()))!;

        read.GetType().ShouldBe(Sent[Path.GetFileNameWithoutExtension(file)]);
        Missing(recorded["meaning"], Meaning(read), "").ShouldBeEmpty();
    }

    [Fact]
    public void Everything_that_is_stored_or_sent_has_a_record()
    {
        Stored.Keys.Except(Recorded("*.json").Select(Path.GetFileNameWithoutExtension)).ShouldBeEmpty();
        Sent.Keys.Except(Recorded("*.sent").Select(Path.GetFileNameWithoutExtension)).ShouldBeEmpty();
    }

    [Fact]
    public void Recording_writes_what_this_version_stores_and_sends()
    {
        var files = Stored.Select(pair => (Name: $"{pair.Key}.json", Text: Write(pair.Value, Samples.Of(pair.Value)!)))
            .Concat(Sent.Select(pair => (Name: $"{pair.Key}.sent", Text: Message(Samples.Of(pair.Value)!))))
            .ToArray();

        files.ShouldAllBe(file => file.Text.Length > 2);
        if (Environment.GetEnvironmentVariable("GATEHOUSE_RECORD") is { Length: > 0 } version)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;
            foreach (var (name, text) in files.Where(file => !File.Exists(Path.Combine(folder, file.Name))))
            {
                File.WriteAllText(Path.Combine(folder, name), text + "\n");
            }
        }
    }

    private static IEnumerable<Type> Parts(Type type) => type.GetGenericArguments().SelectMany(Parts).Append(type);

    // Of a generic type with what it is made of.
    private static string Name(Type type) => string.Join('+', type.GetGenericArguments().Select(part => part.Name).Prepend(
        type.GetCustomAttribute<AliasAttribute>()?.Alias ?? throw new InvalidOperationException($"{type} has no alias."))).Replace('`', '-');

    private static string Message(object message) =>
        new JsonObject { ["bytes"] = Convert.ToBase64String(Wire.SerializeToArray(message)), ["meaning"] = Meaning(message) }.ToJsonString();

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
