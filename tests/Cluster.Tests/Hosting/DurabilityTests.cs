using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Hosting;

/// <summary>What the embedded default has acknowledged is there after its process was killed, and only one process has it.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("gatehouse-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task Every_acknowledged_write_is_there_after_a_kill_in_the_middle_of_writing()
    {
        var acknowledged = new HashSet<string>();
        for (var life = 0; life < 2; life++)
        {
            await using var gatehouse = EmbeddedProcess.Start(data.FullName);
            await gatehouse.WaitUntilReady();
            (await Missing(gatehouse, acknowledged)).ShouldBeEmpty();

            var written = await WriteUntilKilled(gatehouse, life);
            written.Count.ShouldBeGreaterThan(0);
            acknowledged.UnionWith(written);
        }

        await using var last = EmbeddedProcess.Start(data.FullName);
        await last.WaitUntilReady();
        (await Missing(last, acknowledged)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Second_process_on_a_folder_is_refused_until_the_first_is_gone()
    {
        await using var first = EmbeddedProcess.Start(data.FullName);
        await first.WaitUntilReady();

        await using (var second = EmbeddedProcess.Start(data.FullName))
        {
            await second.Process.Exited.WaitAsync(TimeSpan.FromSeconds(15), Cancel);
            second.Process.ExitCode.ShouldBe(1);
            second.Process.Output.ShouldHaveSingleItem().ShouldContain("Gatehouse:DataPath: another process uses");
        }

        // The lock is the kernel's: a killed holder leaves none behind.
        await first.Process.Kill();
        await using var third = EmbeddedProcess.Start(data.FullName);
        await third.WaitUntilReady();
    }

    [Fact]
    public async Task Two_processes_on_two_folders_run_side_by_side()
    {
        await using var one = EmbeddedProcess.Start(Path.Combine(data.FullName, "one"));
        await using var other = EmbeddedProcess.Start(Path.Combine(data.FullName, "other"));
        await one.WaitUntilReady();
        await other.WaitUntilReady();

        (await Put(one, "only-here")).ShouldBe(HttpStatusCode.Created);
        (await other.Management.GetAsync("/admin/v1/routes/only-here", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    // Several writers go on until their process is gone, so the kill always finds writes under way.
    private static async Task<IReadOnlyCollection<string>> WriteUntilKilled(EmbeddedProcess gatehouse, int life)
    {
        const int writers = 4;
        const int enough = 60;
        var written = new ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(Write));
        await gatehouse.Process.Exited;
        return written;

        async Task Write(int writer)
        {
            var count = 0;
            try
            {
                while (true)
                {
                    var id = $"life-{life}-writer-{writer}-route-{count++}";
                    if (await Put(gatehouse, id) is var status && status != HttpStatusCode.Created)
                    {
                        // On a machine that stalls the store may not answer in time: said, so not acknowledged.
                        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
                        continue;
                    }

                    written.Enqueue(id);
                    if (written.Count == enough)
                    {
                        _ = gatehouse.Process.Kill();
                    }
                }
            }
            catch (HttpRequestException) when (written.Count >= enough)
            {
                // Killed, as meant.
            }
        }
    }

    private static async Task<List<string>> Missing(EmbeddedProcess gatehouse, IEnumerable<string> ids)
    {
        var missing = new List<string>();
        foreach (var id in ids)
        {
            using var response = await gatehouse.Management.GetAsync($"/admin/v1/routes/{id}", Cancel);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                missing.Add(id);
            }
        }

        return missing;
    }

    private static async Task<HttpStatusCode> Put(EmbeddedProcess gatehouse, string id)
    {
        using var response = await gatehouse.Management.PutAsJsonAsync(
            $"/admin/v1/routes/{id}",
            new { id, match = new { path = $"/{id}/{{**rest}}" }, to = new { service = "BOOKS" } },
            Cancel);
        return response.StatusCode;
    }
}
