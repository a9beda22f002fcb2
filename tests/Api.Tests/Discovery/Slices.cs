using k8s.Models;

namespace Gatehouse.Api.Tests.Discovery;

/// <summary>EndpointSlices as Kubernetes makes them.</summary>
internal static class Slices
{
    public static V1EndpointSlice Of(string service, string name, params V1Endpoint[] endpoints) => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        AddressType = "IPv4",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "shop",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service, ["gatehouse.dev/register"] = "true" },
        },
        Ports = [new Discoveryv1EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" }],
        Endpoints = [.. endpoints],
    };

    public static V1Endpoint Pod(string name, string address, bool? ready = true, bool terminating = false) => new()
    {
        Addresses = [address],
        Conditions = new V1EndpointConditions { Ready = ready, Serving = ready, Terminating = terminating },
        TargetRef = new V1ObjectReference { Kind = "Pod", Name = name },
        NodeName = "node-1",
        Zone = "zone-a",
    };
}
