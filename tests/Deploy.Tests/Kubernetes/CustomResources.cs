using k8s;
using k8s.Models;

namespace Gatehouse.Deploy.Tests.Kubernetes;

// The parts of others' definitions that k8s/ uses; Kubernetes' own models do not have them.

/// <summary>Of the Prometheus operator.</summary>
public sealed class ServiceMonitor : Resource
{
    public ServiceMonitorSpec Spec { get; set; } = new();
}

public sealed class ServiceMonitorSpec
{
    public V1LabelSelector Selector { get; set; } = new();

    public IList<ServiceMonitorEndpoint> Endpoints { get; set; } = [];
}

public sealed class ServiceMonitorEndpoint
{
    public string Port { get; set; } = "";

    public string Path { get; set; } = "";

    public string Interval { get; set; } = "";

    public string ScrapeTimeout { get; set; } = "";

    public IList<Relabeling> Relabelings { get; set; } = [];

    public ServiceMonitorAuthorization? Authorization { get; set; }
}

public sealed class Relabeling
{
    public IList<string> SourceLabels { get; set; } = [];

    public string TargetLabel { get; set; } = "";

    public string Replacement { get; set; } = "";
}

public sealed class ServiceMonitorAuthorization
{
    public string Type { get; set; } = "";

    public V1SecretKeySelector Credentials { get; set; } = new();
}

/// <summary>Of the Prometheus operator.</summary>
public sealed class PrometheusRule : Resource
{
    public PrometheusRuleSpec Spec { get; set; } = new();
}

public sealed class PrometheusRuleSpec
{
    public IList<AlertGroup> Groups { get; set; } = [];
}

public sealed class AlertGroup
{
    public string Name { get; set; } = "";

    public IList<AlertRule> Rules { get; set; } = [];
}

public sealed class AlertRule
{
    public string Alert { get; set; } = "";

    public string Expr { get; set; } = "";

    public string For { get; set; } = "";

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    public IDictionary<string, string> Annotations { get; set; } = new Dictionary<string, string>();
}

/// <summary>Of the Gateway API.</summary>
public sealed class GatewayResource : Resource
{
    public GatewaySpec Spec { get; set; } = new();
}

public sealed class GatewaySpec
{
    public string GatewayClassName { get; set; } = "";

    public IList<GatewayListener> Listeners { get; set; } = [];
}

public sealed class GatewayListener
{
    public string Name { get; set; } = "";

    public string Hostname { get; set; } = "";

    public int Port { get; set; }

    public string Protocol { get; set; } = "";

    public GatewayTls Tls { get; set; } = new();

    public GatewayAllowedRoutes AllowedRoutes { get; set; } = new();
}

public sealed class GatewayTls
{
    public string Mode { get; set; } = "";

    public IList<NamedReference> CertificateRefs { get; set; } = [];
}

public sealed class GatewayAllowedRoutes
{
    public GatewayNamespaces Namespaces { get; set; } = new();
}

public sealed class GatewayNamespaces
{
    public string From { get; set; } = "";
}

/// <summary>Of the Gateway API.</summary>
public sealed class HttpRouteResource : Resource
{
    public HttpRouteSpec Spec { get; set; } = new();
}

public sealed class HttpRouteSpec
{
    public IList<NamedReference> ParentRefs { get; set; } = [];

    public IList<string> Hostnames { get; set; } = [];

    public IList<HttpRouteRule> Rules { get; set; } = [];
}

public sealed class HttpRouteRule
{
    public IList<NamedReference> BackendRefs { get; set; } = [];
}

public sealed class NamedReference
{
    public string Name { get; set; } = "";

    public int? Port { get; set; }
}

/// <summary>What every resource has.</summary>
public abstract class Resource : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();
}
