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
    public void Silos_reach_silos_their_store_and_the_services_they_probe_and_nobody_else()
    {
        var policy = Manifests.Of("overlays/production").All<V1NetworkPolicy>().Single(one => one.Metadata.Name == "gatehouse-silo");

        policy.Spec.PolicyTypes.ShouldContain("Egress");
        policy.Spec.Egress.Select(Told).ShouldBe(
        [
            "pods app.kubernetes.io/component=silo,app.kubernetes.io/name=gatehouse: silo, gateway",
            "pods or namespaces gatehouse.dev/management=true: any port",
            // DNS, Redis and the API server: no labels to go by.
            "everyone: 53, 53",
            "everyone: 6379, 6380, 26379",
            "everyone: 443, 6443",
            "namespaces gatehouse.dev/monitoring=true: 4317, 4318",
        ]);
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
    public void Monitor_names_the_jobs_that_alerts_and_dashboards_ask_for()
    {
        var manifests = Manifests.Of("overlays/production");
        var job = manifests.All<ServiceMonitor>().Single().Spec.Endpoints.Single().Relabelings.ShouldHaveSingleItem();
        var scraped = manifests.All<V1Service>().Where(service => service.Metadata.Labels.ContainsKey("gatehouse.dev/scrape"));

        job.TargetLabel.ShouldBe("job");
        job.SourceLabels.ShouldBe(["__meta_kubernetes_service_label_app_kubernetes_io_component"]);
        scraped.Select(service => job.Replacement.Replace("$1", service.Metadata.Labels["app.kubernetes.io/component"], StringComparison.Ordinal))
            .ShouldBe(["gatehouse-front-door", "gatehouse-silo"], ignoreOrder: true);
        manifests.All<PrometheusRule>().Single().Spec.Groups.SelectMany(group => group.Rules).ShouldNotBeEmpty();
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

    private static string Told(V1NetworkPolicyEgressRule rule) =>
        $"{string.Join(" or ", rule.To?.Select(Told) ?? ["everyone"])}: {string.Join(", ", rule.Ports?.Select(port => port.Port.Value) ?? ["any port"])}";

    private static string Told(V1NetworkPolicyPeer peer) => (peer.PodSelector, peer.NamespaceSelector, peer.IpBlock) switch
    {
        ({ } pods, null, null) => $"pods {Told(pods)}".TrimEnd(),
        (null, { } namespaces, null) => $"namespaces {Told(namespaces)}".TrimEnd(),
        _ => throw new NotSupportedException("Pods of some namespaces, or addresses."),
    };

    private static string Told(V1LabelSelector selector) =>
        string.Join(',', selector.MatchLabels?.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}") ?? []);

    private static IEnumerable<V1NetworkPolicyIngressRule> Rules(Manifests manifests, Manifests.Pod pod, string port) => manifests.All<V1NetworkPolicy>()
        .Where(policy => pod.Matches(policy.Spec.PodSelector.MatchLabels))
        .SelectMany(policy => policy.Spec.Ingress ?? [])
        .Where(rule => rule.Ports is null || rule.Ports.Any(one => one.Port.Value == port));

    private static IEnumerable<string> Callers(Manifests manifests, Manifests.Pod pod, string port) => Rules(manifests, pod, port)
        .SelectMany(rule => rule.FromProperty ?? [new V1NetworkPolicyPeer()])
        .SelectMany(peer => peer.PodSelector is null ? ["anyone"] : manifests.Pods.Where(one => one.Matches(peer.PodSelector.MatchLabels)).Select(one => one.Name))
        .Distinct();
}
