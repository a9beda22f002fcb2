using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// Registers and deregisters instances of one service all the time, each command until it is acknowledged. What was
/// acknowledged is compared with what every front door shows, and calls to what was deregistered are counted.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    // Between two commands: often enough to find the moment of recovery, and calm enough that the processes, and not the load,
    // have the machine.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(Repetitions.Long is null ? 200 : 50);

    // Without any instance: long enough for some calls, none of which may reach what was deregistered.
    private static readonly TimeSpan Absence = TimeSpan.FromMilliseconds(60);

    // Of what else a story tells: two rounds, before and after.
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentQueue<string> wrong = new();
    private readonly ConcurrentQueue<(long At, string What)> answers = new();
    private readonly Entry entry;
    private readonly CountingInstance instance;
    private readonly SemaphoreSlim turn = new(1);
    private readonly HashSet<string> registered = [];
    private readonly Longest wait;
    private Task work = Task.CompletedTask;
    private long startedLast;
    private int gone;

    private Writer(Entry entry, string service, CountingInstance instance, Longest wait)
    {
        this.entry = entry;
        this.instance = instance;
        this.wait = wait;
        Service = service;
    }

    public string Service { get; }

    /// <summary>When the command was sent that was acknowledged last.</summary>
    public long AcknowledgedSince => Volatile.Read(ref startedLast);

    /// <summary>Registrations that were acknowledged, and that the registry did not know when they were deregistered.</summary>
    public int Gone => Volatile.Read(ref gone);

    /// <summary>Answers that are none of the protocol.</summary>
    public IReadOnlyCollection<string> Wrong => wrong;

    /// <summary>Calls that were sent after the deregistration was answered, and reached the instance.</summary>
    public int WronglyCalled => instance.Forbidden().Count;

    /// <summary>Those calls, each after the answers to the commands around it.</summary>
    public IEnumerable<string> Story() => instance.Forbidden()
        .SelectMany(call => answers
            .Where(answer => Stopwatch.GetElapsedTime(call.At, answer.At).Duration() < Around)
            .Append((call.At, What: $"WRONGLY CALLED by {call.By}, sent {Stopwatch.GetElapsedTime(call.SentAt, call.At).TotalMilliseconds:F1} ms before")))
        .Distinct()
        .OrderBy(one => one.At)
        .Select(one => $"{Service} {TimeOf(one.At):HH:mm:ss.fff}: {one.What}");

    /// <summary>Starts one.</summary>
    /// <param name="entry">Where it sends its commands.</param>
    /// <param name="number">Its number.</param>
    /// <param name="address">Where its instance listens.</param>
    /// <param name="wait">Is told how long each command waits for its acknowledgement.</param>
    public static async Task<Writer> Start(Entry entry, int number, IPAddress address, Longest wait)
    {
        var writer = new Writer(entry, string.Create(CultureInfo.InvariantCulture, $"WRITER-{number}"), await CountingInstance.Start("writer", address), wait);
        writer.work = writer.Run();
        return writer;
    }

    /// <summary>How many of the acknowledged commands a front door does not show, between two commands.</summary>
    public async Task<int> Lost(GatehouseProcess door)
    {
        await turn.WaitAsync();
        try
        {
            using var response = await door.Management.GetAsync($"/registry/v1/services/{Service}");
            var shown = response.StatusCode == HttpStatusCode.NotFound
                ? []
                : (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("instances").EnumerateArray()
                    .Select(one => one.GetProperty("id").GetString()!)
                    .ToHashSet();
            shown.SymmetricExceptWith(registered);
            foreach (var id in shown)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{Service} {id}: {(registered.Contains(id) ? "registered, not shown" : "deregistered, shown")} at {door.Process.Name}");
            }

            return shown.Count;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await work;
        await instance.DisposeAsync();
        turn.Dispose();
        over.Dispose();
    }

    // As the processes' logs have it.
    private static DateTime TimeOf(long timestamp) => DateTime.UtcNow - Stopwatch.GetElapsedTime(timestamp);

    private static string Path(string service, string id) => $"/registry/v1/services/{service}/instances/{id}";

    private async Task Run()
    {
        var round = 0;
        while (!over.IsCancellationRequested)
        {
            round++;
            var one = string.Create(CultureInfo.InvariantCulture, $"{round}-one");
            var other = string.Create(CultureInfo.InvariantCulture, $"{round}-other");
            instance.Registering();
            await Step(HttpMethod.Put, one);
            await Step(HttpMethod.Put, other);
            await Step(HttpMethod.Delete, one);
            await Step(HttpMethod.Delete, other);
            // From here on, until the next is sent, nothing may be called.
            instance.Deregistered();
            await Task.Delay(Absence);
        }
    }

    private async Task Step(HttpMethod method, string id)
    {
        await Task.Delay(Pause);
        await turn.WaitAsync();
        try
        {
            await Command(method, id);
            _ = method == HttpMethod.Put ? registered.Add(id) : registered.Remove(id);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task Command(HttpMethod method, string id)
    {
        var first = Stopwatch.GetTimestamp();
        var repeated = false;
        while (true)
        {
            var started = Stopwatch.GetTimestamp();
            var status = await Try(method, id);
            if (status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.NotFound)
            {
                wait.Add(first, $"{method} {Path(Service, id)}");
                Volatile.Write(ref startedLast, started);
                if (status == HttpStatusCode.NotFound && !repeated)
                {
                    Interlocked.Increment(ref gone);
                }

                return;
            }

            if (status is not (null or HttpStatusCode.ServiceUnavailable))
            {
                wrong.Enqueue($"{method} {Path(Service, id)}: {(int)status}");
            }

            repeated = true;
            await Task.Delay(Pause);
        }
    }

    // Null: the front door went away before it answered. Whatever became of it, the same is sent again.
    private async Task<HttpStatusCode?> Try(HttpMethod method, string id)
    {
        try
        {
            using var response = await entry.Send(
                () => new HttpRequestMessage(method, Path(Service, id)) { Content = method == HttpMethod.Put ? JsonContent.Create(new { address = instance.Address, leaseSeconds = 3600 }) : null },
                management: true,
                CancellationToken.None);
            Answered($"{(int)response.StatusCode} by {response.RequestMessage!.RequestUri!.Authority}");
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Answered(e.GetType().Name);
            return null;
        }

        void Answered(string answer) => answers.Enqueue((Stopwatch.GetTimestamp(), $"{method} {id}: {answer}"));
    }
}
