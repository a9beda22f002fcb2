using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gatehouse.Silo.Hosting;

/// <summary>Where a listener listens, read from a setting such as <c>http://localhost:8080</c>.</summary>
public sealed class ListenUrl
{
    private readonly IPAddress? address;
    private readonly Bound bound;
    private readonly string setting;
    private readonly string value;

    private ListenUrl(string setting, string value, Bound bound, IPAddress? address, int port, bool https)
    {
        this.setting = setting;
        this.value = value;
        this.bound = bound;
        this.address = address;
        Port = port;
        Https = https;
    }

    private enum Bound
    {
        Localhost,
        Address,
        Any,
    }

    /// <summary>The port asked for; 0 for any free one.</summary>
    public int Port { get; }

    /// <summary>Whether the listener speaks TLS.</summary>
    public bool Https { get; }

    /// <summary>Whether only this host can connect.</summary>
    public bool IsLoopback => bound == Bound.Localhost || (address is not null && IPAddress.IsLoopback(address));

    /// <summary>Reads a URL.</summary>
    /// <param name="setting">The setting's full name, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="StartupException">It is not a URL to listen on.</exception>
    public static ListenUrl Parse(string setting, string value)
    {
        BindingAddress parsed;
        try
        {
            parsed = BindingAddress.Parse(value);
        }
        catch (FormatException e)
        {
            throw Bad(setting, value, e);
        }

        var https = parsed.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
        if ((!https && !parsed.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
            || parsed.IsUnixPipe
            || parsed.PathBase.Length > 0
            || parsed.Port is < 0 or > 65535)
        {
            throw Bad(setting, value);
        }

        if (parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // Any free port, the same for 127.0.0.1 and ::1, is not to be had in one go.
            return parsed.Port == 0
                ? new ListenUrl(setting, value, Bound.Address, IPAddress.Loopback, 0, https)
                : new ListenUrl(setting, value, Bound.Localhost, null, parsed.Port, https);
        }

        if (parsed.Host is "*" or "+")
        {
            return new ListenUrl(setting, value, Bound.Any, null, parsed.Port, https);
        }

        return IPAddress.TryParse(parsed.Host, out var ip) ? new ListenUrl(setting, value, Bound.Address, ip, parsed.Port, https) : throw Bad(setting, value);
    }

    /// <summary>Adds the listener to Kestrel.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="configure">What else its connections need.</param>
    /// <param name="certificate">What it shows; null: the one of Kestrel's own settings.</param>
    public void Listen(KestrelServerOptions kestrel, Action<ListenOptions> configure, CertificateFiles? certificate = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        switch (bound)
        {
            case Bound.Localhost:
                kestrel.ListenLocalhost(Port, Configure);
                break;
            case Bound.Any:
                kestrel.ListenAnyIP(Port, Configure);
                break;
            default:
                kestrel.Listen(address!, Port, Configure);
                break;
        }

        void Configure(ListenOptions listen)
        {
            if (Https)
            {
                UseHttps(listen, certificate);
            }

            configure(listen);
        }
    }

    private void UseHttps(ListenOptions listen, CertificateFiles? certificate)
    {
        if (certificate is not null)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                // Asked at each connection, so that a renewed certificate is shown from then on.
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate.Current,
                    ApplicationProtocols = listen.Protocols.HasFlag(HttpProtocols.Http2)
                        ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
                        : [SslApplicationProtocol.Http11],
                }),
            });
            return;
        }

        try
        {
            listen.UseHttps();
        }
        catch (InvalidOperationException e)
        {
            throw new StartupException($"{setting}: https needs a certificate; name its PEM file in {setting.Replace("Url", "Certificate", StringComparison.Ordinal)}", e);
        }
    }

    /// <summary>Sees whether the listener could listen, before anything is started that would have to be stopped again.</summary>
    /// <exception cref="StartupException">It could not.</exception>
    public void Probe()
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address ?? (bound == Bound.Any ? IPAddress.IPv6Any : IPAddress.Loopback), Port));
        }
        catch (SocketException e)
        {
            throw new StartupException($"{setting}: cannot listen at {value}: {e.Message}", e);
        }
    }

    /// <summary>The URL to call from this host, with the port that the listener got.</summary>
    public Uri CallFrom(int port)
    {
        var host = bound switch
        {
            Bound.Localhost or Bound.Any => "localhost",
            _ when address!.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "localhost",
            _ => address.ToString(),
        };
        return new UriBuilder(Https ? "https" : "http", host, port).Uri;
    }

    private static StartupException Bad(string setting, string value, Exception? cause = null) => new(
        $"{setting}: '{value}' is not a URL to listen on; expected such as http://localhost:8080, http://127.0.0.1:8080 or http://*:8080",
        cause!);
}
