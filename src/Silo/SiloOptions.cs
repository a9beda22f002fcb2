using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Silo;

/// <summary>A silo's settings, in the section <c>Gatehouse</c> that the front door's are in.</summary>
public sealed class SiloOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse";

    /// <summary>A Redis connection string; unset for the embedded default.</summary>
    public string? Redis { get; set; }

    /// <summary>The user of Redis (ACL), when the connection string does not name one.</summary>
    public string? RedisUser { get; set; }

    /// <summary>The password of Redis, when the connection string does not have it: so that it can be a file of its own.</summary>
    public string? RedisPassword { get; set; }

    /// <summary>A PEM file with the certificate that Redis' one must come from; unset: those that the system trusts.</summary>
    public string? RedisCertificateAuthority { get; set; }

    /// <summary>A PEM file with this process' own certificate, for a Redis that asks for one.</summary>
    public string? RedisCertificate { get; set; }

    /// <summary>A PEM file with its private key.</summary>
    public string? RedisCertificateKey { get; set; }

    /// <summary>The folder of the embedded store; relative to the working directory.</summary>
    [Required] public string DataPath { get; set; } = "data";

    /// <summary>Under which name grains' state is kept. Never changed once there is data.</summary>
    [Required] public string ServiceId { get; set; } = "gatehouse";

    /// <summary>Which silos and front doors find each other in Redis.</summary>
    [Required] public string ClusterId { get; set; } = "gatehouse";

    /// <summary>
    /// The address other silos and front doors reach this silo at; in Kubernetes the pod's. Unset: this host's first.
    /// </summary>
    public string? AdvertisedIP { get; set; }

    /// <summary>The port for other silos; 0 for any free one.</summary>
    [Range(0, 65535)] public int SiloPort { get; set; } = 11111;

    /// <summary>The port for front doors; 0 for any free one.</summary>
    [Range(0, 65535)] public int GatewayPort { get; set; } = 30000;

    /// <summary>Where a silo process answers <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
    [Required] public string HealthUrl { get; set; } = "http://localhost:8082";

    /// <summary>
    /// How long a process that is told to stop goes on serving, not ready any more, until whoever sends it work has noticed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")] public TimeSpan StopDelay { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RedisCertificateKey is not null && RedisCertificate is null)
        {
            yield return new ValidationResult("has a key without a certificate; name it in Gatehouse:RedisCertificate", [nameof(RedisCertificateKey)]);
        }
    }
}
