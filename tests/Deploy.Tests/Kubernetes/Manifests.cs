using System.Collections.Concurrent;
using System.Diagnostics;
using k8s;
using k8s.Models;

namespace Gatehouse.Deploy.Tests.Kubernetes;

/// <summary>An overlay of <c>k8s/</c> as <c>kubectl kustomize</c> renders it, read strictly: an unknown field is an error.</summary>
internal sealed class Manifests
{
    private static readonly ConcurrentDictionary<string, Lazy<Manifests>> Loaded = new();

    /// <summary>The definitions of others, by version and kind.</summary>
    public static Dictionary<string, Type> CustomResources { get; } = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
        ["gateway.networking.k8s.io/v1/Gateway"] = typeof(GatewayResource),
        ["gateway.networking.k8s.io/v1/HTTPRoute"] = typeof(HttpRouteResource),
    };

    private readonly IReadOnlyList<object> objects;

    private Manifests(string overlay, IReadOnlyList<object> objects)
    {
        Overlay = overlay;
        this.objects = objects;
        Pods =
        [
            .. All<V1Deployment>().Select(one => new Pod(one.Metadata.Name, one.Spec.Template, one.Spec.Selector.MatchLabels)),
            .. All<V1StatefulSet>().Select(one => new Pod(one.Metadata.Name, one.Spec.Template, one.Spec.Selector.MatchLabels)),
        ];
    }

    public string Overlay { get; }

    /// <summary>The pods of every Deployment and StatefulSet.</summary>
    public IReadOnlyList<Pod> Pods { get; }

    /// <summary>The pods that run Gatehouse itself.</summary>
    public IEnumerable<Pod> Gatehouse => Pods.Where(pod => pod.Name.StartsWith("gatehouse", StringComparison.Ordinal));

    /// <summary>Renders a folder of <c>k8s/</c>, once for all tests.</summary>
    public static Manifests Of(string folder) => Loaded.GetOrAdd(folder, name => new Lazy<Manifests>(() =>
        new Manifests(name, KubernetesYaml.LoadAllFromString(Render(name), CustomResources, strict: true)))).Value;

    public IEnumerable<T> All<T>() => objects.OfType<T>();

    /// <summary>Everything a ConfigMap or, where it is rendered, a Secret has as settings.</summary>
    public Dictionary<string, string> Settings() => All<V1ConfigMap>().SelectMany(map => map.Data)
        .Concat(All<V1Secret>().SelectMany(secret => secret.Data).Select(pair => KeyValuePair.Create(pair.Key, System.Text.Encoding.UTF8.GetString(pair.Value))))
        .Where(pair => !pair.Key.Contains('.', StringComparison.Ordinal))
        .ToDictionary();

    private static string Render(string folder)
    {
        var start = new ProcessStartInfo(Tool.Find("kubectl"), ["kustomize", Repository.Path("k8s", folder)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var kubectl = Process.Start(start)!;
        var error = kubectl.StandardError.ReadToEndAsync();
        var output = kubectl.StandardOutput.ReadToEnd();
        kubectl.WaitForExit();
        return kubectl.ExitCode == 0 ? output : throw new InvalidOperationException(error.Result);
    }

    /// <summary>A pod as its owner makes it.</summary>
    public sealed record Pod(string Name, V1PodTemplateSpec Template, IDictionary<string, string> OwnerSelector)
    {
        public V1PodSpec Spec => Template.Spec;

        public IDictionary<string, string> Labels => Template.Metadata.Labels;

        public V1Container Container => Spec.Containers.Single();

        public bool Matches(IDictionary<string, string>? selector) =>
            selector is null || selector.All(pair => Labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

        /// <summary>The number of a port given by name or number; null when the container has none such.</summary>
        public int? Port(IntOrString port) => Container.Ports
            .FirstOrDefault(one => one.Name == port.Value || one.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == port.Value)
            ?.ContainerPort;
    }
}
