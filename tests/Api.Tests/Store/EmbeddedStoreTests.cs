using Gatehouse.Silo.Hosting;
using Gatehouse.Silo.Store;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Gatehouse.Api.Tests.Store;

public sealed class EmbeddedStoreTests : IDisposable
{
    // What Orleans' storage does on a write: only the holder of the current etag wins.
    private const string WriteIfEtag =
        """
        local etag = redis.call('HGET', KEYS[1], 'etag')
        if (not etag and ARGV[1] == '') or etag == ARGV[1] then
          redis.call('HMSET', KEYS[1], 'etag', ARGV[2], 'data', ARGV[3])
          return 0
        end
        return -1
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-store-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Concurrent_writers_of_one_etag_never_both_win()
    {
        using var store = await Open();
        // Other tests load the machine meanwhile: how fast the store is, is not the question.
        var patient = store.Connection;
        patient.AsyncTimeout = 60_000;
        await using var one = await ConnectionMultiplexer.ConnectAsync(patient);
        await using var other = await ConnectionMultiplexer.ConnectAsync(patient);

        for (var race = 0; race < 1500; race++)
        {
            var outcomes = await Task.WhenAll(Write(one, $"race/{race}", "a"), Write(other, $"race/{race}", "b"));
            outcomes.Count(outcome => outcome == 0).ShouldBe(1, $"race {race}");
        }
    }

    [Fact]
    public async Task Data_is_there_after_a_restart()
    {
        using (var store = await Open())
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.Connection);
            (await Write(redis, "kept", "a")).ShouldBe(0);
        }

        using var again = await Open();
        await using var later = await ConnectionMultiplexer.ConnectAsync(again.Connection);
        ((string?)await later.GetDatabase().HashGetAsync("kept", "etag")).ShouldBe("a");
    }

    [Fact(Timeout = 60_000)]
    public async Task Log_is_cut_by_checkpoints_and_nothing_is_lost_by_it()
    {
        const int keys = 40;
        const int rounds = 25;
        var filling = new string('x', 200 * 1024);
        using (var store = await Open())
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.Connection);
            var database = redis.GetDatabase();
            for (var round = 1; round <= rounds; round++)
            {
                for (var key = 0; key < keys; key++)
                {
                    await database.HashSetAsync($"grown/{key}", [new("etag", round), new("data", filling)]);
                }
            }

            // 200 MB were written; past 64 MB a checkpoint cuts the log, looked after every few seconds.
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (LogSize() > 96L * 1024 * 1024)
            {
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }

        using var again = await Open();
        await using var later = await ConnectionMultiplexer.ConnectAsync(again.Connection);
        for (var key = 0; key < keys; key++)
        {
            var entry = await later.GetDatabase().HashGetAsync($"grown/{key}", ["etag", "data"]);
            ((int)entry[0]).ShouldBe(rounds);
            ((string?)entry[1])!.Length.ShouldBe(filling.Length);
        }
    }

    [Fact]
    public async Task Caller_without_the_password_is_refused()
    {
        using var store = await Open();
        var stranger = store.Connection;
        stranger.Password = "guess";
        stranger.AbortOnConnectFail = true;

        await Should.ThrowAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(stranger));
    }

    [Fact]
    public async Task Second_opener_of_a_folder_is_refused_until_the_first_has_left()
    {
        using (await Open())
        {
            using var second = new EmbeddedStore(folder.FullName, NullLoggerFactory.Instance);
            var refusal = await Should.ThrowAsync<StartupException>(() => second.StartAsync(Cancel));
            refusal.Message.ShouldContain("Gatehouse:DataPath");
            refusal.Message.ShouldContain(folder.FullName);
        }

        using var third = await Open();
        third.Path.ShouldBe(folder.FullName);
    }

    [Fact]
    public async Task Folder_is_closed_to_other_users()
    {
        var fresh = Path.Combine(folder.FullName, "fresh");
        using var store = new EmbeddedStore(fresh, NullLoggerFactory.Instance);
        await store.StartAsync(Cancel);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(fresh).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private long LogSize() =>
        new DirectoryInfo(Path.Combine(folder.FullName, "AOF")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private async Task<EmbeddedStore> Open()
    {
        var store = new EmbeddedStore(folder.FullName, NullLoggerFactory.Instance);
        await store.StartAsync(Cancel);
        return store;
    }

    private static async Task<int> Write(ConnectionMultiplexer redis, string key, string etag) =>
        (int)await redis.GetDatabase().ScriptEvaluateAsync(WriteIfEtag, [key], ["", etag, "{}"]);
}
