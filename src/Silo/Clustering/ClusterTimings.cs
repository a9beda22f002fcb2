namespace Gatehouse.Silo.Clustering;

/// <summary>
/// How fast a cluster notices, and how long anything may take. Measured with these: a killed silo is declared dead in
/// 0.8 s and its grains answer again within 2.1 s; a hung one in 1.7 s and 4.2 s.
/// </summary>
internal static class ClusterTimings
{
    /// <summary>Between probes of a silo, and how long each may take.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);

    /// <summary>Probes missed in a row until a silo is suspected.</summary>
    public const int MissedProbes = 2;

    /// <summary>Between reads of the membership table: a silo that was suspended learns within this that it was voted out.</summary>
    public static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(3);

    /// <summary>Between signs of life in the table; after three missed, the entry of a cluster that died whole is passed over.</summary>
    public static readonly TimeSpan AliveSign = TimeSpan.FromSeconds(5);

    /// <summary>Between a client's reads of which gateways there are.</summary>
    public static readonly TimeSpan GatewayListRefresh = TimeSpan.FromSeconds(2);

    /// <summary>How long a grain call may take unless its method says otherwise.</summary>
    public static readonly TimeSpan Response = TimeSpan.FromSeconds(5);

    /// <summary>After which an activation that still works on one request counts as stuck. Above every method's own timeout.</summary>
    public static readonly TimeSpan StuckRequest = TimeSpan.FromMinutes(1);

    /// <summary>How long an activation may take to start.</summary>
    public static readonly TimeSpan Activation = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an activation may take to end; its grain answers nobody until it has. It takes milliseconds, unless the part of the
    /// directory that it is to be taken out of was on a silo that hangs: then all of this. Calls that it still has count too: with one
    /// that takes longer it stays in the directory for as long as its silo lives. So what may wait has to be given up first.
    /// </summary>
    public static readonly TimeSpan Deactivation = TimeSpan.FromSeconds(2.5);

    /// <summary>How long clients get to move away from a gateway that shuts down.</summary>
    public static readonly TimeSpan GatewayGoodbye = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a silo keeps answers for a client whose connection to it has ended, before it sends them by the gateways that the
    /// client has moved to. After a cut in the network a client may not come back to each of its gateways; by Orleans' default the
    /// grains of such a silo answered it again after one to two minutes.
    /// </summary>
    public static readonly TimeSpan ClientDrop = TimeSpan.FromSeconds(3);

    /// <summary>How long a starting client waits for a first silo.</summary>
    public static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(30);
}
