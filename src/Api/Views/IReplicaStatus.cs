using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>How a front door's replica of a view is doing, whatever its snapshot's type.</summary>
public interface IReplicaStatus
{
    /// <summary>The view's name.</summary>
    string Name { get; }

    /// <summary>The state of the lease now.</summary>
    LeaseState State { get; }

    /// <summary>The version in use.</summary>
    ViewVersion Version { get; }
}
