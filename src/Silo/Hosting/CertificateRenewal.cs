using System.Diagnostics.Metrics;

namespace Gatehouse.Silo.Hosting;

/// <summary>Looks after the certificates of a process: takes up new ones, and says how long they are still good.</summary>
public sealed class CertificateRenewal : BackgroundService
{
    private readonly IReadOnlyList<CertificateFiles> certificates;
    private readonly TimeProvider time;
    private readonly ILogger<CertificateRenewal> logger;
    private readonly Meter meter;

    /// <summary>Makes it for the certificates given.</summary>
    public CertificateRenewal(IEnumerable<CertificateFiles> certificates, IMeterFactory meters, TimeProvider time, ILogger<CertificateRenewal> logger)
    {
        ArgumentNullException.ThrowIfNull(meters);
        this.certificates = [.. certificates];
        this.time = time;
        this.logger = logger;
        meter = meters.Create("Gatehouse.Hosting");
        meter.CreateObservableGauge(
            "gatehouse.certificate.lifetime",
            () => this.certificates.Select(certificate => new Measurement<double>(
                (certificate.Expires - time.GetUtcNow()).TotalSeconds,
                new KeyValuePair<string, object?>("setting", certificate.Setting))),
            "s",
            "How long a listener's certificate is still valid");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CertificateFiles.Interval, time);
        while (certificates.Count > 0 && await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var certificate in certificates)
            {
                certificate.Refresh(logger);
            }
        }
    }
}
