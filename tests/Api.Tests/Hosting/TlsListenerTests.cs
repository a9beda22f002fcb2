using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Api.Hosting;
using Gatehouse.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Api.Tests.Hosting;

/// <summary>Both listeners over TLS, with a certificate each from PEM files.</summary>
public sealed class TlsListenerTests(TlsListenerTests.TlsHost tls) : IClassFixture<TlsListenerTests.TlsHost>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_listener_shows_its_own_certificate()
    {
        (await Shown(tls.Host.Public)).Thumbprint.ShouldBe(tls.Public);
        (await Shown(tls.Host.Management)).Thumbprint.ShouldBe(tls.Management);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Public_listener_agrees_on_the_protocol_within_tls(string version)
    {
        using var client = Client(tls.Public);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(tls.Host.Public.BaseAddress!, "/nothing"))
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.SendAsync(request, Cancel);

        response.Version.ShouldBe(Version.Parse(version));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Management_listener_answers_over_tls()
    {
        using var client = Client(tls.Management);

        (await client.GetAsync(new Uri(tls.Host.Management.BaseAddress!, "/health/live"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Health_command_trusts_its_own_certificate_and_no_other()
    {
        var url = $"--Gatehouse:ManagementUrl={tls.Host.Management.BaseAddress!.ToString().TrimEnd('/')}";

        (await Health(url, $"--Gatehouse:ManagementCertificate={tls.At("management.crt")}")).ShouldBe(0);
        (await Health(url, $"--Gatehouse:ManagementCertificate={tls.At("public.crt")}")).ShouldBe(1);
    }

    [Fact]
    public async Task Renewed_certificate_is_shown_to_new_connections()
    {
        var renewed = tls.Public = Pem.Write(tls.At("public.crt"), tls.At("public.key"), "renewed");

        foreach (var certificate in tls.Host.Services.GetRequiredService<Listeners>().Certificates)
        {
            certificate.Refresh(NullLogger.Instance);
        }

        (await Shown(tls.Host.Public)).Thumbprint.ShouldBe(renewed);
    }

    private static Task<int> Health(params string[] settings) =>
        HealthCommand.Run(["health", .. settings], "Gatehouse:ManagementUrl", "http://localhost:8081", "Gatehouse:ManagementCertificate");

    private static HttpClient Client(string thumbprint) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => ((X509Certificate2)shown!).Thumbprint == thumbprint },
    });

    private static async Task<X509Certificate2> Shown(HttpClient listener)
    {
        X509Certificate2? shown = null;
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, listener.BaseAddress!.Port, Cancel);
        await using var tls = new SslStream(tcp.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                        return false;
                    },
                },
                Cancel);
        }
        catch (AuthenticationException)
        {
            // Seen, and not trusted.
        }

        return shown.ShouldNotBeNull();
    }

    public sealed class TlsHost : IAsyncLifetime
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-tls-");

        public GatehouseHost Host { get; private set; } = null!;

        /// <summary>The thumbprint of the public listener's certificate.</summary>
        public string Public { get; set; } = "";

        /// <summary>The thumbprint of the management listener's certificate.</summary>
        public string Management { get; private set; } = "";

        public string At(string file) => Path.Combine(folder.FullName, file);

        public async ValueTask InitializeAsync()
        {
            Public = Pem.Write(At("public.crt"), At("public.key"), "public");
            Management = Pem.Write(At("management.crt"), At("management.key"), "management");
            Host = await GatehouseHost.Start(
            [
                "--Gatehouse:PublicUrl=https://127.0.0.1:0",
                $"--Gatehouse:PublicCertificate={At("public.crt")}",
                $"--Gatehouse:PublicCertificateKey={At("public.key")}",
                "--Gatehouse:ManagementUrl=https://127.0.0.1:0",
                $"--Gatehouse:ManagementCertificate={At("management.crt")}",
                $"--Gatehouse:ManagementCertificateKey={At("management.key")}",
            ]);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }
}
