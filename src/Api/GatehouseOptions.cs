using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Api;

/// <summary>The front door's settings, section <c>Gatehouse</c> (environment: <c>Gatehouse__PublicUrl</c> …).</summary>
public sealed class GatehouseOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse";

    /// <summary>Where clients call: scheme, host and port.</summary>
    [Required] public string PublicUrl { get; set; } = "http://localhost:8080";

    /// <summary>Where operators and services call. Never serves a route; the public listener never serves it.</summary>
    [Required] public string ManagementUrl { get; set; } = "http://localhost:8081";

    /// <summary>A PEM file with the public listener's certificate and those between it and its root; taken up anew when it changes.</summary>
    public string? PublicCertificate { get; set; }

    /// <summary>A PEM file with its private key; unset: it is in the same file.</summary>
    public string? PublicCertificateKey { get; set; }

    /// <summary>The management listener's certificate, likewise; unset: the public listener's.</summary>
    public string? ManagementCertificate { get; set; }

    /// <summary>A PEM file with its private key; unset: it is in the same file.</summary>
    public string? ManagementCertificateKey { get; set; }

    /// <summary>
    /// A secret of at least 16 characters that management callers present, as a bearer token or as the password of Basic
    /// authentication. Without one, only local callers of the embedded default are served.
    /// </summary>
    [MinLength(16)] public string? ManagementSecret { get; set; }

    /// <summary>The folder of the embedded store; relative to the working directory.</summary>
    [Required] public string DataPath { get; set; } = "data";

    /// <summary>A Redis connection string; unset for the embedded default.</summary>
    public string? Redis { get; set; }

    /// <summary>Whether every service is reachable as <c>/{service}/…</c>; unset: in the embedded default only.</summary>
    public bool? AutoRoutes { get; set; }

    /// <summary>A YAML file of routes, applied at the start and whenever it changes.</summary>
    public string? RoutesFile { get; set; }

    /// <summary>The zone this front door runs in, for zone-aware balancing; empty when not said.</summary>
    public string Zone { get; set; } = "";

    /// <summary>
    /// Addresses or networks (CIDR) of proxies in front of this one. Only what they send in <c>X-Forwarded-*</c> is kept.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>How long a forwarded stream may be silent in both directions before it is cut.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether this process runs the store and a silo itself.</summary>
    public bool Embedded => string.IsNullOrWhiteSpace(Redis);

    /// <summary>Whether automatic routes are on.</summary>
    public bool AutoRoutesInForce => AutoRoutes ?? Embedded;
}
