using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Cluster.Tests.Auth;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Store;

/// <summary>
/// A Redis that speaks nothing but TLS, wants a certificate from its clients, and lets a user do only what Gatehouse needs
/// (ACL). The password comes from a mounted file.
/// </summary>
public sealed class RedisTlsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-redis-tls-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Cluster_works_over_tls_with_a_user_of_few_rights_and_stops_with_one_line_at_anybody_else()
    {
        WriteCertificates();
        await File.WriteAllTextAsync(At("Gatehouse__RedisPassword"), "the-right-one\n", Cancel);
        await using var redis = await RedisProcess.Start(
            "--port", "0",
            "--tls-port", "{port}",
            "--tls-cert-file", At("redis.crt"),
            "--tls-key-file", At("redis.key"),
            "--tls-ca-cert-file", At("ca.crt"),
            "--tls-auth-clients", "yes",
            "--user", "default", "off",
            // As in docs/operations.md.
            "--user", "gatehouse", "on", ">the-right-one", "~gatehouse/*", "resetchannels", "+@read", "+@write", "+@transaction", "+@scripting", "+@connection", "+info", "+time", "-@dangerous");
        string[] tls =
        [
            $"--Gatehouse:RedisCertificateAuthority={At("ca.crt")}",
            $"--Gatehouse:RedisCertificate={At("client.crt")}",
            $"--Gatehouse:RedisCertificateKey={At("client.key")}",
        ];
        string[] settings = [.. tls, $"--Gatehouse:SettingsPath={folder.FullName}", "--Gatehouse:RedisUser=gatehouse"];
        var connection = $"{redis.EndPoint},ssl=true,sslHost=localhost";

        await using var silo = GatehouseProcess.StartSilo("silo", connection, settings);
        await silo.WaitUntilReady();
        await using var door = GatehouseProcess.StartFrontDoor("front-door", connection, settings);
        await door.WaitUntilReady();
        (await StatusOf(door.Management.PutAsync("/registry/v1/services/TLS/instances/1", Registration(), Cancel))).ShouldBe(HttpStatusCode.Created);
        await using var instance = await CountingInstance.Start("guarded");
        var tokens = await ClientTokens.Make(door, instance);
        var token = await tokens.Issue(door);
        await ClientTokens.UseUntilAccepted(door, token);
        await tokens.Revoke(door, token);
        (await ClientTokens.Use(door, token)).ShouldBe(HttpStatusCode.Unauthorized);
        silo.Process.Output.Concat(door.Process.Output).ShouldNotContain(line => line.Contains("NOPERM", StringComparison.Ordinal));

        (await Refused(connection, [.. tls, "--Gatehouse:RedisUser=gatehouse", "--Gatehouse:RedisPassword=the-wrong-one"])).ShouldContain("refuses the user or password");
        (await Refused(connection, [$"--Gatehouse:RedisCertificateAuthority={At("client.crt")}"])).ShouldContain("TLS fails");
        (await Refused(redis.Connection, [])).ShouldContain("Gatehouse:Redis");
        (await Refused(redis.Connection, [$"--Gatehouse:RedisCertificateAuthority={At("ca.crt")}"])).ShouldContain("add ssl=true");
    }

    private static StringContent Registration() =>
        new("""{"address":"http://127.0.0.1:9","leaseSeconds":60}""", System.Text.Encoding.UTF8, "application/json");

    private static async Task<HttpStatusCode> StatusOf(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        return response.StatusCode;
    }

    private static async Task<string> Refused(string connection, string[] settings)
    {
        await using var silo = GatehouseProcess.StartSilo("refused", connection, settings);
        await silo.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        silo.Process.ExitCode.ShouldBe(1, silo.Process.Log());
        var line = silo.Process.Output.ShouldHaveSingleItem();
        line.ShouldNotContain("the-wrong-one");
        return line;
    }

    private void WriteCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(At("ca.crt"), authority.ExportCertificatePem());
        WriteCertificate(authority, "redis");
        WriteCertificate(authority, "client");
    }

    private void WriteCertificate(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(At($"{name}.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(At($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string At(string file) => Path.Combine(folder.FullName, file);
}
