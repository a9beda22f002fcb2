using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;

namespace Gatehouse.Api.Tests.Views;

/// <summary>Silos in this process with their real runtime, and as many replicas as a test asks for.</summary>
/// <param name="lease">How long a lease is; null for a second.</param>
public sealed class ViewCluster(TimeSpan? lease = null) : IAsyncLifetime
{
    private readonly List<ViewReplica<ImmutableDictionary<string, object>>> replicas = [];
    private readonly SurvivingStorage storage = new();

    public ViewOptions Timings { get; } = new()
    {
        Lease = lease ?? TimeSpan.FromSeconds(1),
        RenewEvery = TimeSpan.FromMilliseconds(300),
        SnapshotPageSize = 10,
        ReconcileEvery = TimeSpan.FromSeconds(1),
    };

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage);
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddMetrics();
            silo.Services.AddViewGrains();
            silo.Services.AddSingleton(Options.Create(Timings));
        });
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public IEntryOwnerGrain Owner(string name) => Cluster.Client.GetGrain<IEntryOwnerGrain>(name);

    internal async Task<ViewReplica<ImmutableDictionary<string, object>>> Replica(IViewProjection<ImmutableDictionary<string, object>>? projection = null)
    {
        var replica = new ViewReplica<ImmutableDictionary<string, object>>(
            EntryOwnerGrain.View,
            Cluster.Client,
            projection ?? new DictionaryProjection(),
            Options.Create(Timings),
            TimeProvider.System,
            Cluster.Client.ServiceProvider.GetService<IMeterFactory>() ?? new NoMeters(),
            NullLogger<ViewReplica<ImmutableDictionary<string, object>>>.Instance);
        replicas.Add(replica);
        await replica.StartAsync(TestContext.Current.CancellationToken);
        await replica.Read(TestContext.Current.CancellationToken);
        replica.State.ShouldBe(LeaseState.Leased);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
        {
            await replica.StopAsync(CancellationToken.None);
            replica.Dispose();
        }

        await Cluster.DisposeAsync();
    }

    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
