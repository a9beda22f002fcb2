using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Silo.Discovery;

/// <summary>Settings of the discovery of Kubernetes' Services.</summary>
public sealed class KubernetesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Kubernetes";

    /// <summary>Whether Services of Kubernetes become entries of the registry.</summary>
    public bool Enabled { get; set; }

    /// <summary>Of which namespace; unset: the pod's own.</summary>
    public string? Namespace { get; set; }

    /// <summary>Which of them: a label selector. Kubernetes copies a Service's labels to its EndpointSlices.</summary>
    [Required] public string Selector { get; set; } = "gatehouse.dev/register=true";

    /// <summary>The API server, for a silo that is not in Kubernetes; unset: the pod's own, with the pod's token.</summary>
    public string? Server { get; set; }

    /// <summary>How long instances stay when nobody watches any more, or the whole cluster of silos is away.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")] public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);
}
