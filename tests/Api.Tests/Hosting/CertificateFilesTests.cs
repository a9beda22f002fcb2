using Gatehouse.Silo.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class CertificateFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-tls-");

    private string Certificate => Path.Combine(folder.FullName, "tls.crt");

    private string Key => Path.Combine(folder.FullName, "tls.key");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Load_of_a_pair_that_does_not_fit_names_the_setting()
    {
        Pem.Write(Certificate, Key, "one");
        Pem.Write(Path.Combine(folder.FullName, "other.crt"), Key, "other");

        Should.Throw<StartupException>(() => CertificateFiles.Load("Gatehouse:PublicCertificate", Certificate, Key))
            .Message.ShouldStartWith("Gatehouse:PublicCertificate: cannot use the certificate");
    }

    [Fact]
    public void Load_without_a_file_names_the_setting() =>
        Should.Throw<StartupException>(() => CertificateFiles.Load("Gatehouse:PublicCertificate", Certificate, null))
            .Message.ShouldContain(Certificate);

    [Fact]
    public void Refresh_takes_up_what_has_changed_and_nothing_else()
    {
        var first = Pem.Write(Certificate, Key, "one");
        var files = CertificateFiles.Load("Gatehouse:PublicCertificate", Certificate, Key);

        files.Refresh(NullLogger.Instance).ShouldBeFalse();
        files.Current.TargetCertificate.Thumbprint.ShouldBe(first);

        var second = Pem.Write(Certificate, Key, "two");
        files.Refresh(NullLogger.Instance).ShouldBeTrue();
        files.Current.TargetCertificate.Thumbprint.ShouldBe(second);
    }

    [Fact]
    public void Refresh_keeps_the_certificate_when_its_successor_is_only_half_written()
    {
        var first = Pem.Write(Certificate, Key, "one");
        var files = CertificateFiles.Load("Gatehouse:PublicCertificate", Certificate, Key);

        File.WriteAllText(Key, "-----BEGIN PRIVATE KEY-----");
        files.Refresh(NullLogger.Instance).ShouldBeFalse();
        files.Current.TargetCertificate.Thumbprint.ShouldBe(first);

        var second = Pem.Write(Certificate, Key, "two");
        files.Refresh(NullLogger.Instance).ShouldBeTrue();
        files.Current.TargetCertificate.Thumbprint.ShouldBe(second);
    }
}
