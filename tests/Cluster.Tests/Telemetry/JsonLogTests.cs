using System.Net;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Telemetry;

/// <summary>Where logs are JSON, every line that a process writes is an object, from its start to its end.</summary>
public sealed class JsonLogTests : IDisposable
{
    private const string Json = "--Logging:Console:FormatterName=json";

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("gatehouse-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task Silo_and_front_door_write_an_object_a_line()
    {
        await using var redis = await RedisProcess.Start();
        await using var silo = GatehouseProcess.StartSilo("silo", redis.Connection, Json);
        await silo.WaitUntilReady();
        await using var door = GatehouseProcess.StartFrontDoor("front-door", redis.Connection, Json, "--Gatehouse:AccessLog:Enabled=true");
        await door.WaitUntilReady();
        (await door.Public.GetAsync("/nothing", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await door.Process.Terminate().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await silo.Process.Terminate().WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Messages(silo.Process).ShouldContain(message => message.StartsWith("Gatehouse silo is up", StringComparison.Ordinal));
        Messages(door.Process).ShouldContain(message => message.StartsWith("Gatehouse is", StringComparison.Ordinal));
        door.Process.Output.ShouldContain(line => line.Contains("\"event\":\"access\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_of_a_first_start_are_in_their_files_and_in_no_record()
    {
        await using var gatehouse = EmbeddedProcess.Start(data.FullName, Json);
        await gatehouse.WaitUntilReady();
        await Eventually.Holds(
            () => Task.FromResult(gatehouse.Process.Log().Contains("An administrator was made", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(20),
            gatehouse.Process.Log);

        Messages(gatehouse.Process).ShouldContain(message => message.StartsWith("A demo client was made", StringComparison.Ordinal));
        foreach (var file in new[] { "demo-client.txt", "administrator.txt" })
        {
            var secret = (await File.ReadAllLinesAsync(Path.Combine(data.FullName, file), Cancel))[^1].Split(": ")[1];
            gatehouse.Process.Log().ShouldNotContain(secret);
        }
    }

    private static string[] Messages(ChildProcess process) => [.. process.Output
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Select(line => line.TryGetProperty("Message", out var message) ? message.GetString()! : "")];
}
