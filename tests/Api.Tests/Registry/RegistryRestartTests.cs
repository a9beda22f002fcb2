using System.Text;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace Gatehouse.Api.Tests.Registry;

public sealed class RegistryRestartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_loses_no_instance_and_marks_nobody_down()
    {
        // Instances that were registered from outside, and no others.
        await using var host = await GatehouseHost.Start(configure: builder => builder.Services.RemoveAll<IServiceModule>());
        for (var i = 0; i < 20; i++)
        {
            await Put(host, $"S{i % 4}/instances/i{i}", """{"address":"http://10.0.0.5:8080","leaseSeconds":30}""");
        }

        await Put(host, "S0/instances/i0/status", """{"status":"out-of-service"}""");
        (await host.Management.DeleteAsync("/registry/v1/services/S1/instances/i1", Cancel)).EnsureSuccessStatusCode();

        await host.Restart();

        var snapshot = await Loaded(host);
        snapshot.Services.Values.SelectMany(service => service.Routable).Count().ShouldBe(18);
        snapshot.Services["S0"].Routable.ShouldNotContain(instance => instance.Instance.Id == "i0");
        snapshot.Services["S1"].Routable.ShouldNotContain(instance => instance.Instance.Id == "i1");
        (await host.Management.PostAsync("/registry/v1/services/S2/instances/i2/heartbeat", null, Cancel)).EnsureSuccessStatusCode();
    }

    private static async Task<RegistrySnapshot> Loaded(GatehouseHost host)
    {
        await foreach (var snapshot in host.Services.GetRequiredService<IReplica<RegistrySnapshot>>().Follow(Cancel))
        {
            if (snapshot.Services.Count == 4)
            {
                return snapshot;
            }
        }

        throw new OperationCanceledException();
    }

    private static async Task Put(GatehouseHost host, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        (await host.Management.PutAsync($"/registry/v1/services/{path}", content, Cancel)).EnsureSuccessStatusCode();
    }
}
