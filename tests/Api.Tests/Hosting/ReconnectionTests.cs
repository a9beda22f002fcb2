using Gatehouse.Api.Hosting;
using Gatehouse.Api.Tests.Views;
using Gatehouse.Api.Views;
using Gatehouse.Silo.Clustering;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class ReconnectionTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly FakeReplicaStatus replica = new("registry");
    private readonly GatewayConnections connections;
    private readonly Reconnection reconnection;

    public ReconnectionTests()
    {
        connections = new GatewayConnections(time);
        reconnection = new Reconnection(new ClusterReach([replica]), connections, time, NullLogger<Reconnection>.Instance);
    }

    public void Dispose() => reconnection.Dispose();

    [Fact]
    public void Connection_withClusterWithinReach_stays_open()
    {
        var (connection, _) = Open();
        time.Advance(TimeSpan.FromMinutes(1));

        reconnection.Look();

        connection.ConnectionClosed.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Connection_withoutCluster_is_closed_when_it_is_no_new_one()
    {
        var (old, running) = Open();
        time.Advance(TimeSpan.FromSeconds(10));
        var (fresh, _) = Open();
        replica.State = LeaseState.Stale;

        reconnection.Look();

        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        old.ConnectionClosed.IsCancellationRequested.ShouldBeTrue();
        fresh.ConnectionClosed.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Connection_closed_is_forgotten()
    {
        var (connection, running) = Open();
        connection.Abort();
        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        connections.CloseOlderThan(TimeSpan.Zero).ShouldBe(0);
    }

    private (DefaultConnectionContext Connection, Task Running) Open()
    {
        var connection = new DefaultConnectionContext();
        return (connection, connections.Keep(Run)(connection));

        static async Task Run(ConnectionContext connection)
        {
            var closed = new TaskCompletionSource();
            await using var registration = connection.ConnectionClosed.Register(() => closed.TrySetResult());
            await closed.Task;
        }
    }
}
