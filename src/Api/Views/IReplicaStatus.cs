using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>A replica as health checks and metrics see it.</summary>
public interface IReplicaStatus
{
    /// <summary>The view's name.</summary>
    string Name { get; }

    /// <summary>The state of the lease now.</summary>
    LeaseState State { get; }

    /// <summary>The version of the snapshot in force.</summary>
    ViewVersion Version { get; }

    /// <summary>How long ago the snapshot was last known to be current; null before the first time.</summary>
    TimeSpan? Lag { get; }
}
