using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Views;

/// <summary>A replica whose lease is in the state that a test gives it.</summary>
internal sealed class FakeReplicaStatus(string name) : IReplicaStatus
{
    public string Name => name;

    public LeaseState State { get; set; } = LeaseState.Leased;

    public ViewVersion Version => ViewVersion.None;

    public TimeSpan? Lag => null;
}
