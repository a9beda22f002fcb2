namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// One cluster of three silos and three front doors for many tests, as to start one takes longer than most of them do. They have
/// it one after the other, and each finds it whole, whatever the one before did to it; services, routes and clients are their own.
/// </summary>
[CollectionDefinition(Group, DisableParallelization = true)]
public sealed class WholeCluster : IAsyncLifetime, ICollectionFixture<WholeCluster>
{
    /// <summary>The group of tests that have it; nothing else runs beside them, as some of them measure.</summary>
    public const string Group = "whole cluster";

    private const int Size = 3;

    private GatehouseCluster cluster = null!;

    public async ValueTask InitializeAsync()
    {
        // As behind one address: what one front door issues, all accept.
        cluster = await GatehouseCluster.Start(Size, Size, "--Gatehouse:Auth:Issuer=https://gatehouse.example/");
    }

    /// <summary>The cluster for one test, whole. What its processes write meanwhile is in the output of the test when it ends.</summary>
    public async Task<Turn> Take()
    {
        await cluster.Repair(Size, Size);
        return new Turn(cluster);
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    /// <summary>A test's time with the cluster.</summary>
    public sealed class Turn : IAsyncDisposable
    {
        private readonly Dictionary<ChildProcess, int> written;

        internal Turn(GatehouseCluster cluster)
        {
            Cluster = cluster;
            written = Processes.ToDictionary(process => process, process => process.Output.Count);
        }

        /// <summary>The cluster.</summary>
        public GatehouseCluster Cluster { get; }

        private IEnumerable<ChildProcess> Processes => Cluster.Silos.Concat(Cluster.FrontDoors).Select(one => one.Process);

        public ValueTask DisposeAsync()
        {
            foreach (var process in Processes)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(process.Log(after: written.GetValueOrDefault(process)));
            }

            return ValueTask.CompletedTask;
        }
    }
}
