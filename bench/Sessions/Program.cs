using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Sessions;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Silo;
using Gatehouse.Silo.Clustering;

// Begins sessions as logins do, each of a user of its own, in a cluster of one silo; and tells what they cost it and the store.
// --redis, --silo (its process id), --metrics (its /metrics), --sessions, --active (how many are counted while none is idle yet).
var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
var sessions = settings.GetValue("sessions", 1_000_000);
var active = Math.Min(sessions, settings.GetValue("active", 100_000));
var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
builder.Logging.ClearProviders();
builder.AddClusterClient(new SiloOptions { Redis = settings["redis"]! });
// A full collection of a large heap takes longer than any call.
builder.Services.Configure<Orleans.Configuration.ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(10));
await using var client = builder.Build();
await client.StartAsync();
var grains = client.Services.GetRequiredService<IGrainFactory>();
await using var probe = await Probe.Connect(grains, settings["redis"]!, settings.GetValue<int>("silo"), new Uri(settings["metrics"]!));

const int warm = 2000;
const int atOnce = 64;
await Begin(0, warm);
await probe.Deactivate();
var empty = await probe.Take();

var started = Stopwatch.GetTimestamp();
await Begin(warm, active);
var first = Stopwatch.GetElapsedTime(started);
var busy = await probe.Take();
started = Stopwatch.GetTimestamp();
await Begin(warm + active, sessions - active);
var rest = Stopwatch.GetElapsedTime(started);
var all = await probe.Take();
await probe.Deactivate();
var idle = await probe.Take();

Tell("sessions begun, each of a user of its own", $"{sessions:N0}");
Tell("begun per second (the first of them, the others)", $"{active / first.TotalSeconds:N0}, {(sessions > active ? (sessions - active) / rest.TotalSeconds : 0):N0}");
Tell("the silo's heap, and its whole process, before", $"{Mega(empty.Heap)}, {Mega(empty.Resident)}");
Tell($"the same with {active:N0} more, none idle ({busy.Activations - empty.Activations:N0} more activations)", $"{Mega(busy.Heap)}, {Mega(busy.Resident)}");
Tell("**heap per session in use**, its own grain and its user's list", $"**{(busy.Heap - empty.Heap) / (double)active:N0} bytes**");
Tell($"the same at the end, with those deactivated that were idle for long ({all.Activations - empty.Activations:N0} more activations)", $"{Mega(all.Heap)}, {Mega(all.Resident)}");
Tell($"the same once all are idle ({idle.Activations - empty.Activations:N0} more activations)", $"{Mega(idle.Heap)}, {Mega(idle.Resident)}");
Tell("**heap per idle session**", $"**{Math.Max(0, idle.Heap - empty.Heap) / (double)sessions:N0} bytes**");
Tell("keys in the store per session", $"{(idle.Keys - empty.Keys) / (double)sessions:0.00}");
Tell("**memory of the store per session**", $"**{(idle.Stored - empty.Stored) / (double)sessions:N0} bytes**");
Tell("memory of the store in all", $"{Mega(idle.Stored)}");

Task Begin(int from, int count) => Parallel.ForEachAsync(
    Enumerable.Range(from, count),
    new ParallelOptions { MaxDegreeOfParallelism = atOnce },
    async (_, _) =>
    {
        var user = Guid.NewGuid().ToString("N");
        var start = new SessionStart(
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            [.. RandomNumberGenerator.GetBytes(32)],
            user,
            "somebody",
            ["reader"],
            ["pwd", "otp"],
            "Firefox on Linux",
            "192.0.2.17");
        if (!await grains.GetGrain<IUserSessionsGrain>(user).Start(start))
        {
            throw new InvalidOperationException("A session did not begin.");
        }
    });

static string Mega(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB");

static void Tell(string what, FormattableString figure) => Console.WriteLine($"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |");
