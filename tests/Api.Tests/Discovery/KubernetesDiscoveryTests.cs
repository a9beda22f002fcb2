using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Registry;
using Gatehouse.Silo.Discovery;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Discovery;

/// <summary>From a change in Kubernetes to the registry, over real HTTP.</summary>
public sealed class KubernetesDiscoveryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Shorter than the settings allow.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registry_follows_the_slices_through_changes_a_server_that_is_away_and_a_restart()
    {
        await using var kubernetes = await FakeApiServer.Start();
        kubernetes.Put(Slices.Of("books", "books-1", Slices.Pod("a", "10.0.0.1"), Slices.Pod("b", "10.0.0.2", ready: false)));
        await using var host = await GatehouseHost.Start(
            [
                "--Gatehouse:Kubernetes:Enabled=true",
                "--Gatehouse:Kubernetes:Namespace=shop",
                $"--Gatehouse:Kubernetes:Server={kubernetes.Url}",
            ],
            builder => builder.Services.PostConfigure<KubernetesOptions>(options => options.Lease = Lease));
        await Shows(host, "a=up", "b=down");
        kubernetes.Selectors.ShouldAllBe(selector => selector == "gatehouse.dev/register=true");

        kubernetes.Put(Slices.Of("books", "books-1", Slices.Pod("a", "10.0.0.1", terminating: true), Slices.Pod("b", "10.0.0.2")));
        await Shows(host, "b=up");

        // Away for longer than a lease: what was known stays.
        var broken = DateTimeOffset.UtcNow;
        kubernetes.Break();
        await RenewedAfter(host, "b", broken + Lease);
        await Shows(host, "b=up");
        kubernetes.Put(Slices.Of("books", "books-2", Slices.Pod("c", "10.0.0.3")));
        kubernetes.Repair();
        await Shows(host, "b=up", "c=up");

        kubernetes.Delete("books-2");
        await Shows(host, "b=up");

        // The server has forgotten the changes since: what happened is in the next list only.
        kubernetes.Put(Slices.Of("books", "books-2", Slices.Pod("c", "10.0.0.3")));
        await Shows(host, "b=up", "c=up");
        kubernetes.DeleteUnseen("books-2");
        kubernetes.Expire();
        await Shows(host, "b=up");

        // What goes while nobody watches is taken out by the next watcher, and not only by its lease.
        kubernetes.DeleteUnseen("books-1");
        kubernetes.Put(Slices.Of("books", "books-3", Slices.Pod("d", "10.0.0.4")));
        await host.Restart();
        await Shows(host, "d=up");
    }

    private static Task RenewedAfter(GatehouseHost host, string id, DateTimeOffset time) => Eventually(async () =>
    {
        var instance = await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IServiceGrain>("BOOKS").Find(id);
        return (instance?.RenewedAt > time, $"{instance?.RenewedAt:O}");
    });

    private static Task Shows(GatehouseHost host, params string[] expected) => Eventually(async () =>
    {
        using var response = await host.Management.GetAsync("/registry/v1/services/BOOKS", Cancel);
        if (!response.IsSuccessStatusCode)
        {
            return (expected.Length == 0, response.StatusCode.ToString());
        }

        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var shown = body.GetProperty("instances").EnumerateArray()
            .Select(one => $"{one.GetProperty("id").GetString()}={one.GetProperty("status").GetString()}")
            .Order(StringComparer.Ordinal)
            .ToArray();
        return (shown.SequenceEqual(expected), string.Join(", ", shown));
    });

    private static async Task Eventually(Func<Task<(bool Holds, string Seen)>> look)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        var seen = "";
        try
        {
            while (true)
            {
                (var holds, seen) = await look();
                if (holds)
                {
                    return;
                }

                await Task.Delay(50, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"Seen last: {seen}");
        }
    }
}
