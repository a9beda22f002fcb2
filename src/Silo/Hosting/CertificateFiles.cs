using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Silo.Hosting;

/// <summary>
/// A listener's certificate, from PEM files that may be replaced while the process runs. New connections get the new one
/// within <see cref="Interval"/>; files that do not make a certificate are reported, and the one before stays.
/// </summary>
public sealed partial class CertificateFiles
{
    /// <summary>Between looks at the files.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly string certificatePath;
    private readonly string keyPath;
    private string stamp;
    private volatile SslStreamCertificateContext current;

    private CertificateFiles(string setting, string certificatePath, string keyPath)
    {
        Setting = setting;
        this.certificatePath = certificatePath;
        this.keyPath = keyPath;
        stamp = Stamp();
        current = Read();
    }

    /// <summary>The setting that names the certificate.</summary>
    public string Setting { get; }

    /// <summary>The certificate in use, with its chain.</summary>
    public SslStreamCertificateContext Current => current;

    /// <summary>When the certificate in use expires.</summary>
    public DateTimeOffset Expires => current.TargetCertificate.NotAfter;

    /// <summary>Reads the files.</summary>
    /// <param name="setting">The setting that names the certificate; that of the key has <c>Key</c> at its end.</param>
    /// <param name="certificatePath">The certificate, followed by the certificates between it and its root.</param>
    /// <param name="keyPath">The certificate's private key; null when it is in the same file.</param>
    /// <exception cref="StartupException">They cannot be read, or do not fit together.</exception>
    public static CertificateFiles Load(string setting, string certificatePath, string? keyPath)
    {
        try
        {
            return new CertificateFiles(setting, certificatePath, keyPath ?? certificatePath);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new StartupException($"{setting}: cannot use the certificate at '{certificatePath}': {e.Message}", e);
        }
    }

    /// <summary>Reads the files again if they have changed.</summary>
    /// <returns>Whether another certificate is in use now.</returns>
    internal bool Refresh(ILogger logger)
    {
        try
        {
            var now = Stamp();
            if (now == stamp)
            {
                return false;
            }

            // Kept first: a pair that does not fit is reported once, not at every look.
            stamp = now;
            current = Read();
            Log.Replaced(logger, Setting, Expires);
            return true;
        }
        catch (Exception e) when (IsUnusable(e))
        {
            Log.Unusable(logger, Setting, certificatePath, e.Message);
            return false;
        }
    }

    private static bool IsUnusable(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    // The content, and not its time: links are swapped, and clocks have seconds.
    private string Stamp() => Digest(certificatePath) + Digest(keyPath);

    private static string Digest(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private SslStreamCertificateContext Read()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificatePath);
        // Offline: a listener does not wait for the issuer's server at its start.
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificatePath, keyPath), chain, offline: true);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "CertificateReplaced", Level = LogLevel.Information, Message = "{Setting}: a new certificate is in use, valid until {Expires:u}")]
        public static partial void Replaced(ILogger logger, string setting, DateTimeOffset expires);

        [LoggerMessage(EventId = 2, EventName = "CertificateUnusable", Level = LogLevel.Error, Message = "{Setting}: the new certificate at {Path} cannot be used, the one before stays: {Reason}")]
        public static partial void Unusable(ILogger logger, string setting, string path, string reason);
    }
}
