using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Silo.Hosting;

/// <summary>
/// The program as its own probe (<c>Gatehouse.Silo health</c>), for containers whose image has neither a shell nor curl:
/// exit code 0 when the process in the same container answers as alive, else 1.
/// </summary>
public static class HealthCommand
{
    private const string Name = "health";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the arguments ask for it.</summary>
    public static bool IsAskedFor(string[] args) => args is [Name, ..];

    /// <summary>Asks, by the settings that the process itself was started with.</summary>
    /// <param name="args">The program's arguments, the first of which is <c>health</c>.</param>
    /// <param name="setting">The setting that says where health is answered.</param>
    /// <param name="fallback">Its default.</param>
    /// <param name="certificateSettings">The settings that may name the certificate it is answered with.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(string[] args, string setting, string fallback, params string[] certificateSettings)
    {
        ArgumentNullException.ThrowIfNull(args);
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Configuration.AddEnvironmentVariables().AddCommandLine(args[1..]);
            builder.Configuration.AddSettingsFiles();
            var url = ListenUrl.Parse(setting, builder.Configuration[setting] ?? fallback);
            using var client = new HttpClient(new SocketsHttpHandler
            {
                UseProxy = false,
                // It calls itself, by an address that no certificate names, so the certificate must be its own.
                SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => IsOwn(shown, builder.Configuration, certificateSettings) },
            })
            { Timeout = Patience };
            using var answer = await client.GetAsync(new Uri(url.CallFrom(url.Port), "health/live"));
            return answer.StatusCode == HttpStatusCode.OK ? 0 : Fail($"answered {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or StartupException)
        {
            return Fail(e.Message);
        }
    }

    private static bool IsOwn(X509Certificate? shown, ConfigurationManager configuration, string[] settings) =>
        shown is not null && settings.Select(setting => configuration[setting]).OfType<string>().Any(path =>
        {
            using var own = X509CertificateLoader.LoadCertificateFromFile(path);
            return own.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData());
        });

    private static int Fail(string reason)
    {
        Console.Error.WriteLine($"gatehouse: not healthy: {reason.ReplaceLineEndings(" ")}");
        return 1;
    }
}
