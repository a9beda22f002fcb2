using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Hosting;

/// <summary>
/// A process that cannot start says why in one line that names the setting, quickly, with a non-zero exit code, and
/// leaves nothing running.
/// </summary>
public sealed class StartupFailureTests : IDisposable
{
    private const string Secret = "--Gatehouse:ManagementSecret=" + GatehouseProcess.Secret;

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("gatehouse-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => data.Delete(recursive: true);

    [Theory]
    [InlineData("Gatehouse.Api", "Gatehouse:PublicUrl", "--Gatehouse:PublicUrl=nonsense")]
    [InlineData("Gatehouse.Api", "Gatehouse:PublicUrl", "--Gatehouse:PublicUrl=ftp://localhost:1")]
    [InlineData("Gatehouse.Api", "Gatehouse:PublicUrl", "--Gatehouse:PublicUrl=http://gateway.example:1")]
    [InlineData("Gatehouse.Api", "Gatehouse:PublicUrl", "--Gatehouse:PublicUrl=http://localhost:1/path")]
    [InlineData("Gatehouse.Api", "Gatehouse:PublicUrl", "--Gatehouse:PublicUrl=https://127.0.0.1:0")]
    [InlineData("Gatehouse.Api", "Gatehouse:PublicUrl", "--Gatehouse:PublicUrl=")]
    [InlineData("Gatehouse.Api", "Gatehouse:ManagementUrl", "--Gatehouse:ManagementUrl=http://localhost:99999")]
    [InlineData("Gatehouse.Api", "Gatehouse:ManagementUrl", "--Gatehouse:ManagementUrl=http://127.0.0.1:18080", "--Gatehouse:PublicUrl=http://localhost:18080")]
    [InlineData("Gatehouse.Api", "Gatehouse:IdleTimeout", "--Gatehouse:IdleTimeout=soon")]
    [InlineData("Gatehouse.Api", "Gatehouse:ManagementSecret", "--Gatehouse:ManagementSecret=short")]
    [InlineData("Gatehouse.Api", "Gatehouse:ManagementSecret", "--Gatehouse:Redis=127.0.0.1:1")]
    [InlineData("Gatehouse.Api", "Gatehouse:Redis", "--Gatehouse:Redis=127.0.0.1:1", Secret)]
    [InlineData("Gatehouse.Api", "Gatehouse:Redis", "--Gatehouse:Redis=no-such-host.invalid:6379", Secret)]
    [InlineData("Gatehouse.Api", "Gatehouse:Redis", "--Gatehouse:Redis=,ssl=maybe", Secret)]
    [InlineData("Gatehouse.Api", "Gatehouse:DataPath", "--Gatehouse:DataPath=/proc/gatehouse")]
    [InlineData("Gatehouse.Silo", "Gatehouse:Redis")]
    [InlineData("Gatehouse.Silo", "Gatehouse:Redis", "--Gatehouse:Redis=127.0.0.1:1")]
    [InlineData("Gatehouse.Silo", "Gatehouse:AdvertisedIP", "--Gatehouse:Redis=127.0.0.1:1", "--Gatehouse:AdvertisedIP=here")]
    [InlineData("Gatehouse.Silo", "Gatehouse:SiloPort", "--Gatehouse:Redis=127.0.0.1:1", "--Gatehouse:SiloPort=70000")]
    [InlineData("Gatehouse.Silo", "Gatehouse:HealthUrl", "--Gatehouse:Redis=127.0.0.1:1", "--Gatehouse:HealthUrl=8082")]
    [InlineData("Gatehouse.Silo", "Gatehouse:HealthUrl: a silo answers health and metrics without TLS", "--Gatehouse:Redis=127.0.0.1:1", "--Gatehouse:HealthUrl=https://127.0.0.1:0")]
    public async Task Bad_setting_is_named_in_the_one_line_that_is_written(string program, string setting, params string[] settings)
    {
        (await RunToFailure(program, settings)).ShouldContain(setting);
    }

    [Theory]
    [InlineData("Gatehouse.Api")]
    [InlineData("Gatehouse.Silo")]
    public async Task Server_that_accepts_but_is_not_redis_is_given_up_on(string program)
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();

        var line = await RunToFailure(program, Secret, $"--Gatehouse:Redis=127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}");

        line.ShouldContain("Gatehouse:Redis");
    }

    [Fact]
    public async Task Redis_that_wants_a_password_is_told_apart_and_the_password_is_not_shown()
    {
        await using var redis = await RedisProcess.Start("--requirepass", "the-right-one");

        var missing = await RunToFailure("Gatehouse.Api", Secret, $"--Gatehouse:Redis={redis.Connection}");
        var wrong = await RunToFailure("Gatehouse.Silo", $"--Gatehouse:Redis={redis.Connection},password=the-wrong-one");

        missing.ShouldContain("refuses the user or password");
        wrong.ShouldContain("refuses the user or password");
        wrong.ShouldNotContain("the-wrong-one");
    }

    [Fact]
    public async Task Port_in_use_is_told_and_nothing_is_left_half_started()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";

        (await RunToFailure("Gatehouse.Api", $"--Gatehouse:ManagementUrl={address}")).ShouldContain($"Gatehouse:ManagementUrl: cannot listen at {address}");
    }

    private async Task<string> RunToFailure(string program, params string[] settings)
    {
        // Given first, so that a case can give its own.
        string[] free = program == "Gatehouse.Api"
            ? ["--Gatehouse:PublicUrl=http://127.0.0.1:0", "--Gatehouse:ManagementUrl=http://127.0.0.1:0", $"--Gatehouse:DataPath={data.FullName}"]
            : ["--Gatehouse:HealthUrl=http://127.0.0.1:0", "--Gatehouse:AdvertisedIP=127.0.0.1"];
        var started = Stopwatch.GetTimestamp();
        await using var process = ChildProcess.Start(program, Path.Combine(AppContext.BaseDirectory, program), [.. free, .. settings]);
        await process.Exited.WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        process.ExitCode.ShouldBe(1, process.Log());
        TestContext.Current.TestOutputHelper?.WriteLine($"after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        return process.Output.ShouldHaveSingleItem();
    }
}
