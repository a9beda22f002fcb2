using Gatehouse.Silo.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Hosting;

/// <summary>The front door's two listeners, and where they listen once started.</summary>
public sealed class Listeners
{
    private readonly ListenUrl publicUrl;
    private readonly ListenUrl managementUrl;
    private readonly CertificateFiles? publicCertificate;
    private readonly CertificateFiles? managementCertificate;
    private ListenOptions? publicListen;
    private ListenOptions? managementListen;

    internal Listeners(GatehouseOptions options)
    {
        publicUrl = ListenUrl.Parse("Gatehouse:PublicUrl", options.PublicUrl);
        managementUrl = ListenUrl.Parse("Gatehouse:ManagementUrl", options.ManagementUrl);
        if (publicUrl.Port == managementUrl.Port && publicUrl.Port != 0)
        {
            throw new StartupException("Gatehouse:ManagementUrl: has the port of Gatehouse:PublicUrl; the two listeners need a port each");
        }

        publicCertificate = Certificate(publicUrl, "Gatehouse:PublicCertificate", options.PublicCertificate, options.PublicCertificateKey);
        managementCertificate = options.ManagementCertificate is null && managementUrl.Https && publicCertificate is not null
            ? publicCertificate
            : Certificate(managementUrl, "Gatehouse:ManagementCertificate", options.ManagementCertificate, options.ManagementCertificateKey);
    }

    /// <summary>Where clients call, with the port in use.</summary>
    public Uri Public => publicUrl.CallFrom(Port(publicListen));

    /// <summary>Where operators and services call, with the port in use.</summary>
    public Uri Management => managementUrl.CallFrom(Port(managementListen));

    /// <summary>Whether only this host can connect to the management listener.</summary>
    internal bool ManagementIsLoopback => managementUrl.IsLoopback;

    /// <summary>The certificates that the listeners show, each once.</summary>
    internal IEnumerable<CertificateFiles> Certificates =>
        new[] { publicCertificate, managementCertificate }.OfType<CertificateFiles>().Distinct();

    internal ListenerProbe Probe() => new(publicUrl, managementUrl);

    internal void Listen(KestrelServerOptions kestrel)
    {
        publicUrl.Listen(kestrel, listen =>
        {
            publicListen = listen;
            PublicListener.Configure(listen, publicUrl.Https);
        }, publicCertificate);
        managementUrl.Listen(kestrel, listen =>
        {
            managementListen = listen;
            ManagementListener.Configure(listen);
        }, managementCertificate);
    }

    private static CertificateFiles? Certificate(ListenUrl url, string setting, string? certificate, string? key) =>
        url.Https && certificate is { Length: > 0 } ? CertificateFiles.Load(setting, certificate, key) : null;

    // Kestrel puts the port it got into the options it was given.
    private static int Port(ListenOptions? listen) =>
        listen?.IPEndPoint?.Port ?? throw new InvalidOperationException("The listeners are not started.");
}
