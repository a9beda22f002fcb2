using Gatehouse.Api.Views;

namespace Gatehouse.Api.Tests.Views;

public sealed class ClusterReachTests
{
    [Theory]
    [InlineData(LeaseState.Stale, LeaseState.Stale, true)]
    [InlineData(LeaseState.Stale, LeaseState.Leased, false)]
    [InlineData(LeaseState.Stale, LeaseState.Renewing, false)]
    [InlineData(LeaseState.Empty, LeaseState.Empty, false)]
    public void IsLost_when_every_replica_is_stale(LeaseState one, LeaseState other, bool lost)
    {
        var reach = new ClusterReach([new FakeReplicaStatus("one") { State = one }, new FakeReplicaStatus("other") { State = other }]);

        reach.IsLost.ShouldBe(lost);
    }

    [Fact]
    public void IsLost_without_replicas_is_false() => new ClusterReach([]).IsLost.ShouldBeFalse();
}
