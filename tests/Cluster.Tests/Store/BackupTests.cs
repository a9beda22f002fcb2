using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Auth;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Store;

/// <summary>The procedure of docs/operations.md: a backup while everything runs, the loss of the store, and the restore.</summary>
public sealed class BackupTests : IDisposable
{
    // One issuer, whatever port the front door has.
    private const string Issuer = "--Gatehouse:Auth:Issuer=https://gatehouse.example/";

    private readonly DirectoryInfo backup = Directory.CreateTempSubdirectory("gatehouse-backup-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => backup.Delete(recursive: true);

    [Fact]
    public async Task Everything_acknowledged_before_the_backup_is_back_after_the_store_was_lost()
    {
        await using var instance = await CountingInstance.Start("guarded");
        string good, revoked;
        await using (var redis = await RedisProcess.Start())
        {
            await using var silo = GatehouseProcess.StartSilo("silo", redis.Connection);
            await silo.WaitUntilReady();
            await using var door = GatehouseProcess.StartFrontDoor("front-door", redis.Connection, Issuer);
            await door.WaitUntilReady();
            for (var number = 0; number < 5; number++)
            {
                await Expect(HttpStatusCode.Created, door.Management.PutAsJsonAsync(
                    $"/registry/v1/services/KEPT-{number}/instances/one", new { address = "http://127.0.0.1:9", leaseSeconds = 3600 }, Cancel));
            }

            await Expect(HttpStatusCode.Created, door.Management.PutAsJsonAsync(
                "/admin/v1/routes/kept", new { id = "kept", match = new { path = "/kept/{**rest}" }, to = new { service = "KEPT-0" } }, Cancel));

            var tokens = await ClientTokens.Make(door, instance);
            (good, revoked) = (await tokens.Issue(door), await tokens.Issue(door));
            await ClientTokens.UseUntilAccepted(door, revoked);
            await tokens.Revoke(door, revoked);

            await Cli(redis, "--rdb", Path.Combine(backup.FullName, "dump.rdb"));
        }

        // The folder of the lost one is gone with it. A backup is loaded with the log of writes off, which is turned on then.
        await using var restored = await RedisProcess.Start("--appendonly", "no", "--dir", backup.FullName, "--dbfilename", "dump.rdb");
        (await Cli(restored, "config", "set", "appendonly", "yes")).ShouldContain("OK");

        await using var newSilo = GatehouseProcess.StartSilo("silo", restored.Connection);
        await newSilo.WaitUntilReady();
        await using var newDoor = GatehouseProcess.StartFrontDoor("front-door", restored.Connection, Issuer);
        await newDoor.WaitUntilReady();
        for (var number = 0; number < 5; number++)
        {
            var service = $"/registry/v1/services/KEPT-{number}";
            await Eventually.Holds(
                async () => (await newDoor.Management.GetStringAsync(service, Cancel)).Contains("\"one\"", StringComparison.Ordinal), TimeSpan.FromSeconds(20), newDoor.Process.Log);
        }

        await Expect(HttpStatusCode.OK, newDoor.Management.GetAsync("/admin/v1/routes/kept", Cancel));
        // Keys, tokens and revocations are back with the rest.
        await ClientTokens.UseUntilAccepted(newDoor, good);
        (await ClientTokens.Use(newDoor, revoked)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<string> Cli(RedisProcess redis, params string[] arguments)
    {
        await using var cli = ChildProcess.Start("redis-cli", "redis-cli", ["-p", redis.EndPoint.Split(':')[1], .. arguments]);
        await cli.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        cli.ExitCode.ShouldBe(0, cli.Log());
        return cli.Log();
    }

    private static async Task Expect(HttpStatusCode status, Task<HttpResponseMessage> call)
    {
        using var response = await call;
        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync(Cancel));
    }
}
