using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Silo.Clustering;

/// <summary>
/// A free port, kept from being given to anyone else until disposed. Orleans and Garnet cannot tell which port they got
/// when asked for any, and they bind with address reuse, under which two processes that chose the same port would
/// silently share it. A bound socket that never listens keeps the kernel from choosing the port again, and lets them in.
/// </summary>
public sealed class PortReservation : IDisposable
{
    private readonly Socket socket;

    /// <summary>Reserves a port at an address.</summary>
    public PortReservation(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(address, 0));
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The reserved address and port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The reserved port.</summary>
    public int Port => EndPoint.Port;

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
