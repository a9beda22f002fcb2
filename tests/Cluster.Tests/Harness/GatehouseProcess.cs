using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>A silo or a front door as a process, found by the addresses it prints once it is up.</summary>
public sealed partial class GatehouseProcess : IAsyncDisposable
{
    /// <summary>The management secret of every front door under test.</summary>
    public const string Secret = "a-secret-of-the-cluster-tests";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<HttpClient> clients = [];

    private GatehouseProcess(ChildProcess process) => Process = process;

    /// <summary>The process.</summary>
    public ChildProcess Process { get; }

    /// <summary>Calls a front door's public listener.</summary>
    public HttpClient Public { get; private set; } = null!;

    /// <summary>Calls a front door's management listener, with the secret; of a silo its health listener.</summary>
    public HttpClient Management { get; private set; } = null!;

    /// <summary>Starts a silo; it is up once <see cref="WaitUntilReady"/> has returned.</summary>
    public static GatehouseProcess StartSilo(string name, string redis, params IEnumerable<string> settings) => StartSilo(name, redis, new Dictionary<string, string>(), settings);

    /// <inheritdoc cref="StartSilo(string, string, IEnumerable{string})"/>
    public static GatehouseProcess StartSilo(string name, string redis, IEnumerable<KeyValuePair<string, string>> environment, params IEnumerable<string> settings) =>
        new(Start(
            name,
            [Program("Gatehouse.Silo")],
            redis,
            [
                "--Gatehouse:AdvertisedIP=127.0.0.1",
                "--Gatehouse:SiloPort=0",
                "--Gatehouse:GatewayPort=0",
                "--Gatehouse:HealthUrl=http://127.0.0.1:0",
                .. settings,
            ],
            environment));

    /// <summary>Starts a front door; it is up once <see cref="WaitUntilReady"/> has returned.</summary>
    public static GatehouseProcess StartFrontDoor(string name, string redis, params IEnumerable<string> settings) =>
        StartFrontDoor(name, [Program("Gatehouse.Api")], redis, IPAddress.Loopback, settings);

    /// <summary>Starts a front door in a network of its own.</summary>
    internal static GatehouseProcess StartFrontDoor(string name, NetworkNamespace network, string redis, params IEnumerable<string> settings) =>
        StartFrontDoor(name, network.Enter(Program("Gatehouse.Api")), redis, NetworkNamespace.InsideForClients, settings);

    private static GatehouseProcess StartFrontDoor(string name, IEnumerable<string> program, string redis, IPAddress address, IEnumerable<string> settings) =>
        new(Start(
            name,
            program,
            redis,
            [
                $"--Gatehouse:PublicUrl=http://{address}:0",
                $"--Gatehouse:ManagementUrl=http://{address}:0",
                $"--Gatehouse:ManagementSecret={Secret}",
                "--Gatehouse:AutoRoutes=true",
                .. settings,
            ]));

    /// <summary>Waits until the process has started and says it is ready.</summary>
    public async Task WaitUntilReady()
    {
        if (Management is null)
        {
            Management = Client(await Printed(ManagementLine()));
            Public = PublicLine().Match(Process.Log()) is { Success: true } match ? Client(match.Groups["url"].Value) : Management;
        }

        await Eventually.Holds(IsReady, Patience, Process.Log);
    }

    /// <summary>Asks the readiness probe.</summary>
    public Task<HttpResponseMessage> Ready() => Management.GetAsync("/health/ready", TestContext.Current.CancellationToken);

    /// <summary>Whether a front door is ready, and knows of so many silos.</summary>
    public async Task<bool> Sees(int silos)
    {
        using var response = await Ready();
        return response.StatusCode == HttpStatusCode.OK
            && (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains($"active silos: {silos}", StringComparison.Ordinal);
    }

    private async Task<bool> IsReady()
    {
        try
        {
            using var response = await Ready();
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException(Process.Log(), e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await Process.DisposeAsync();
    }

    private static ChildProcess Start(string name, IEnumerable<string> program, string redis, IEnumerable<string> settings, IEnumerable<KeyValuePair<string, string>>? environment = null) => ChildProcess.Start(
        name,
        [.. program, .. settings],
        new Dictionary<string, string>(environment ?? [])
        {
            // Through the environment: a connection string has commas and equals signs.
            ["Gatehouse__Redis"] = redis,
        });

    private static string Program(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private async Task<string> Printed(Regex line) => await Eventually.Get(
        () =>
        {
            if (Process.HasExited)
            {
                throw new InvalidOperationException(Process.Log());
            }

            return Task.FromResult(line.Match(Process.Log()) is { Success: true } match ? match.Groups["url"].Value : null);
        },
        Patience,
        Process.Log);

    private HttpClient Client(string address)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = new Uri(address),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Secret) },
            Timeout = TimeSpan.FromSeconds(30),
        };
        clients.Add(client);
        return client;
    }

    [GeneratedRegex(@"(?:management  |health at )(?<url>http://[^\s""]+)")]
    private static partial Regex ManagementLine();

    [GeneratedRegex(@"public      (?<url>http://\S+)")]
    private static partial Regex PublicLine();
}
