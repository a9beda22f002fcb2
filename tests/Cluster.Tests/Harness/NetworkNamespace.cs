using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// A network of its own for a process, joined to this machine by two cables: one for its clients, and one for the cluster that can
/// be pulled out. Needs the rights to make one.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private readonly string name;

    private NetworkNamespace(string name) => this.name = name;

    /// <summary>This machine's end of the clients' cable.</summary>
    public static IPAddress OutsideForClients { get; } = IPAddress.Parse("10.213.77.1");

    /// <summary>The process's end of the clients' cable.</summary>
    public static IPAddress InsideForClients { get; } = IPAddress.Parse("10.213.77.2");

    /// <summary>This machine's end of the cluster's cable.</summary>
    public static IPAddress OutsideForCluster { get; } = IPAddress.Parse("10.213.78.1");

    private static IPAddress InsideForCluster { get; } = IPAddress.Parse("10.213.78.2");

    private string ClusterCable => $"{name}c";

    /// <summary>Makes it; null where this process may not.</summary>
    public static async Task<NetworkNamespace?> Make()
    {
        var made = new NetworkNamespace(string.Create(CultureInfo.InvariantCulture, $"gh{Environment.ProcessId}"));
        if (!await Run("netns", "add", made.name))
        {
            return null;
        }

        if (await made.Join($"{made.name}p", OutsideForClients, InsideForClients) && await made.Join(made.ClusterCable, OutsideForCluster, InsideForCluster))
        {
            return made;
        }

        await made.DisposeAsync();
        return null;
    }

    /// <summary>How a program is started within.</summary>
    public IEnumerable<string> Enter(string program) => ["ip", "netns", "exec", name, program];

    /// <summary>Pulls the cluster's cable out: what is sent is lost, and nobody is told.</summary>
    public async Task Cut() => (await Run("-netns", name, "link", "set", $"{ClusterCable}i", "down")).ShouldBeTrue();

    /// <summary>Puts it back in.</summary>
    public async Task Mend() => (await Run("-netns", name, "link", "set", $"{ClusterCable}i", "up")).ShouldBeTrue();

    // The cables go with it.
    public async ValueTask DisposeAsync() => await Run("netns", "delete", name);

    private async Task<bool> Join(string cable, IPAddress outside, IPAddress inside) =>
        await Run("link", "add", cable, "type", "veth", "peer", "name", $"{cable}i", "netns", name)
        && await Run("address", "add", $"{outside}/30", "dev", cable)
        && await Run("link", "set", cable, "up")
        && await Run("-netns", name, "address", "add", $"{inside}/30", "dev", $"{cable}i")
        && await Run("-netns", name, "link", "set", $"{cable}i", "up");

    private static async Task<bool> Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        // There is no such program.
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
