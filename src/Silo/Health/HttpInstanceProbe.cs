using System.Net;
using Gatehouse.Grains.Resilience.Health;

namespace Gatehouse.Silo.Health;

/// <summary>Asks by HTTP: well is what answers 2xx in time.</summary>
internal sealed class HttpInstanceProbe : IInstanceProbe, IDisposable
{
    private const string UserAgent = "Gatehouse-Health/1";

    // As it does for clients, it follows no redirect and keeps no cookie: what is asked is the instance, and nobody else.
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        // An instance that moved, or a load balancer before it, must not be hidden by a connection of old.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    });

    public async Task<string?> Ask(ProbedInstance instance, string path, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(instance.Address), path))
            {
                Version = instance.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
            using var response = await client.SendAsync(request, deadline.Token);
            return response.IsSuccessStatusCode ? null : $"GET {path} was answered {(int)response.StatusCode}.";
        }
        catch (OperationCanceledException)
        {
            return $"GET {path} was not answered within {timeout.TotalSeconds:0.###} s.";
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            return $"GET {path} failed: {(e as HttpRequestException)?.HttpRequestError.ToString() ?? e.Message}.";
        }
    }

    public void Dispose() => client.Dispose();
}
