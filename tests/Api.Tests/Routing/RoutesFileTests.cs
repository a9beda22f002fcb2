using System.Net;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Routing;

/// <summary>The watched routes file, on the real host.</summary>
public sealed class RoutesFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-routes-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder.FullName, "routes.yaml");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_file_is_in_force_and_followed_however_it_is_replaced()
    {
        await System.IO.File.WriteAllTextAsync(File, Set("first"), Cancel);
        await using var host = await GatehouseHost.Start([$"--Gatehouse:RoutesFile={File}"]);
        await Until(host, "applied", "first");

        // In place.
        await System.IO.File.WriteAllTextAsync(File, Set("second"), Cancel);
        await Until(host, "applied", "second");

        // As editors do.
        var other = Path.Combine(folder.FullName, "routes.yaml.new");
        await System.IO.File.WriteAllTextAsync(other, Set("third"), Cancel);
        System.IO.File.Move(other, File, overwrite: true);
        await Until(host, "applied", "third");

        // Refused: the table before stays.
        await System.IO.File.WriteAllTextAsync(File, "routes:\n- id: bad\n  match: { path: nope }\n  to: { service: S }\n", Cancel);
        var status = await Until(host, "refused", "third");
        var error = status.GetProperty("errors")[0];
        error.GetProperty("field").GetString().ShouldBe("routes[0].match.path");
        error.GetProperty("line").GetInt32().ShouldBe(3);

        // Gone: the table before stays.
        System.IO.File.Delete(File);
        await Until(host, "missing", "third");
        await System.IO.File.WriteAllTextAsync(File, Set("fourth"), Cancel);
        await Until(host, "applied", "fourth");

        // Only the file changes what is the file's.
        var delete = await host.Management.DeleteAsync("/admin/v1/routes/fourth", Cancel);
        delete.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await delete.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:route-owned-by-file");
    }

    [Fact]
    public async Task The_file_is_followed_through_a_swapped_link()
    {
        // As Kubernetes mounts a ConfigMap: routes.yaml -> ..data/routes.yaml, ..data -> a folder per version.
        foreach (var version in new[] { "v1", "v2" })
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, version));
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder.FullName, version, "routes.yaml"), Set(version), Cancel);
        }

        var data = Path.Combine(folder.FullName, "..data");
        Directory.CreateSymbolicLink(data, "v1");
        System.IO.File.CreateSymbolicLink(File, "..data/routes.yaml");
        await using var host = await GatehouseHost.Start([$"--Gatehouse:RoutesFile={File}"]);
        await Until(host, "applied", "v1");

        Directory.CreateSymbolicLink(data + "_tmp", "v2");
        Directory.Delete(data);
        Directory.Move(data + "_tmp", data);

        await Until(host, "applied", "v2");
    }

    [Fact]
    public async Task A_missing_file_is_told_and_taken_when_it_comes()
    {
        await using var host = await GatehouseHost.Start([$"--Gatehouse:RoutesFile={File}"]);
        await Until(host, "missing");

        await System.IO.File.WriteAllTextAsync(File, Set("late"), Cancel);

        await Until(host, "applied", "late");
    }

    private static string Set(string id) => $"routes:\n- id: {id}\n  match: {{ path: /{id} }}\n  to: {{ service: S }}\n";

    // Waits until the front door says so; the test's own timeout ends it otherwise.
    private static async Task<JsonElement> Until(GatehouseHost host, string state, params string[] ids)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var status = await Get(host, "/admin/v1/routes:file", patience.Token);
            var routes = await Get(host, "/admin/v1/routes?source=file", patience.Token);
            var found = routes.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("id").GetString());
            if (status.GetProperty("state").GetString() == state && found.SequenceEqual(ids))
            {
                return status;
            }

            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<JsonElement> Get(GatehouseHost host, string path, CancellationToken cancellation) =>
        JsonDocument.Parse(await host.Management.GetStringAsync(path, cancellation)).RootElement;
}
