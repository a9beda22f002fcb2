using Gatehouse.Silo.Hosting;
using k8s;

namespace Gatehouse.Silo.Discovery;

/// <summary>Adds the discovery of Kubernetes' Services to a silo.</summary>
internal static class DiscoveryHosting
{
    /// <summary>Adds it where it is on.</summary>
    /// <exception cref="StartupException">It is on, and there is no Kubernetes to ask.</exception>
    public static void AddDiscovery(this WebApplicationBuilder builder)
    {
        var options = Settings.Read<KubernetesOptions>(builder.Configuration, KubernetesOptions.Section);
        if (!options.Enabled)
        {
            return;
        }

        var connection = Connection(options);
        builder.Services.AddOptions<KubernetesOptions>().BindConfiguration(KubernetesOptions.Section);
        builder.Services.AddSingleton<IKubernetes>(_ => new Kubernetes(connection));
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<DiscoveryKeeper>(services, options.Namespace ?? connection.Namespace ?? "default"));
    }

    private static KubernetesClientConfiguration Connection(KubernetesOptions options)
    {
        if (options.Server is not null)
        {
            return Uri.TryCreate(options.Server, UriKind.Absolute, out _)
                ? new KubernetesClientConfiguration { Host = options.Server }
                : throw new StartupException($"{KubernetesOptions.Section}:Server: '{options.Server}' is not a URL");
        }

        return KubernetesClientConfiguration.IsInCluster()
            ? KubernetesClientConfiguration.InClusterConfig()
            : throw new StartupException(
                $"{KubernetesOptions.Section}:Enabled: this process does not run in a pod with a service account's token; name an API server in {KubernetesOptions.Section}:Server");
    }
}
