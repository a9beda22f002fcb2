using k8s.Models;

namespace Gatehouse.Deploy.Tests.Kubernetes;

/// <summary>Who may reach whom.</summary>
public sealed class NetworkTests
{
    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Policies_are_about_pods_and_ports_that_exist(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        foreach (var policy in manifests.All<V1NetworkPolicy>())
        {
            var pods = manifests.Pods.Where(pod => pod.Matches(policy.Spec.PodSelector.MatchLabels)).ToArray();
            pods.ShouldNotBeEmpty(policy.Metadata.Name);
            foreach (var rule in policy.Spec.Ingress ?? [])
            {
                rule.Ports.ShouldAllBe(port => pods.All(pod => pod.Port(port.Port) != null));
                foreach (var peer in rule.FromProperty?.Select(from => from.PodSelector).OfType<V1LabelSelector>() ?? [])
                {
                    manifests.Pods.ShouldContain(pod => pod.Matches(peer.MatchLabels), policy.Metadata.Name);
                }
            }
        }
    }

    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Every_pod_takes_only_what_a_policy_names(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        foreach (var pod in manifests.Pods)
        {
            manifests.All<V1NetworkPolicy>().ShouldContain(
                policy => policy.Spec.PolicyTypes.Contains("Ingress") && pod.Matches(policy.Spec.PodSelector.MatchLabels), pod.Name);
        }
    }

    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Silos_are_reached_by_silos_and_front_doors_alone(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var silo = manifests.Gatehouse.Single(pod => pod.Name == "gatehouse-silo");

        Callers(manifests, silo, "silo").ShouldBe(["gatehouse-silo"]);
        Callers(manifests, silo, "gateway").ShouldBe(["gatehouse-silo", "gatehouse-front-door"], ignoreOrder: true);
    }

    [Theory, MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void Management_is_neither_open_to_everyone_nor_behind_the_ingress(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var door = manifests.Gatehouse.Single(pod => pod.Name == "gatehouse-front-door");

        Rules(manifests, door, "management").ShouldAllBe(rule => rule.FromProperty != null && rule.FromProperty.Count > 0);
        foreach (var backend in manifests.All<V1Ingress>().SelectMany(ingress => ingress.Spec.Rules).SelectMany(rule => rule.Http.Paths).Select(path => path.Backend.Service))
        {
            var service = manifests.All<V1Service>().Single(one => one.Metadata.Name == backend.Name);
            service.Spec.Ports.Single(port => port.Name == backend.Port.Name).TargetPort.Value.ShouldBe("public");
        }
    }

    [Fact]
    public void Monitor_scrapes_silos_and_front_doors_with_the_secret_of_management()
    {
        var manifests = Manifests.Of("overlays/production");
        var monitor = manifests.All<ServiceMonitor>().ShouldHaveSingleItem();
        var endpoint = monitor.Spec.Endpoints.ShouldHaveSingleItem();

        var services = manifests.All<V1Service>()
            .Where(service => monitor.Spec.Selector.MatchLabels.All(pair => service.Metadata.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value))
            .ToArray();

        services.Select(service => service.Metadata.Name).ShouldBe(["gatehouse-management", "gatehouse-silo"], ignoreOrder: true);
        services.ShouldAllBe(service => service.Spec.Ports.Any(port => port.Name == endpoint.Port));
        endpoint.Authorization!.Credentials.Name.ShouldBe("gatehouse-management");
    }

    [Fact]
    public void Gateway_leads_to_the_public_service()
    {
        var gateway = Manifests.Of("components/gateway-api");
        var route = gateway.All<HttpRouteResource>().ShouldHaveSingleItem();
        var target = route.Spec.Rules.SelectMany(rule => rule.BackendRefs).ShouldHaveSingleItem();

        gateway.All<GatewayResource>().ShouldHaveSingleItem().Metadata.Name.ShouldBe(route.Spec.ParentRefs.Single().Name);
        var service = Manifests.Of("overlays/production").All<V1Service>().Single(one => one.Metadata.Name == target.Name);
        service.Spec.Ports.ShouldContain(port => port.Port == target.Port && port.TargetPort.Value == "public");
    }

    private static IEnumerable<V1NetworkPolicyIngressRule> Rules(Manifests manifests, Manifests.Pod pod, string port) => manifests.All<V1NetworkPolicy>()
        .Where(policy => pod.Matches(policy.Spec.PodSelector.MatchLabels))
        .SelectMany(policy => policy.Spec.Ingress ?? [])
        .Where(rule => rule.Ports is null || rule.Ports.Any(one => one.Port.Value == port));

    private static IEnumerable<string> Callers(Manifests manifests, Manifests.Pod pod, string port) => Rules(manifests, pod, port)
        .SelectMany(rule => rule.FromProperty ?? [new V1NetworkPolicyPeer()])
        .SelectMany(peer => peer.PodSelector is null ? ["anyone"] : manifests.Pods.Where(one => one.Matches(peer.PodSelector.MatchLabels)).Select(one => one.Name))
        .Distinct();
}
