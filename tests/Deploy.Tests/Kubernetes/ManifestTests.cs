using k8s.Models;

namespace Gatehouse.Deploy.Tests.Kubernetes;

/// <summary>What holds for every overlay.</summary>
public sealed class ManifestTests
{
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(25);

    public static TheoryData<string> Overlays => ["overlays/dev", "overlays/production"];

    [Fact]
    public void Unknown_field_is_an_error() => Should.Throw<Exception>(() => k8s.KubernetesYaml.LoadAllFromString(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  selectors: {}\n", strict: true));

    [Theory, MemberData(nameof(Overlays))]
    public void Overlay_has_a_deployment_a_budget_and_an_autoscaler_for_silos_and_front_doors(string overlay)
    {
        var manifests = Manifests.Of(overlay);

        string[] both = ["gatehouse-front-door", "gatehouse-silo"];
        manifests.All<V1Deployment>().Select(one => one.Metadata.Name).ShouldBe(both, ignoreOrder: true);
        manifests.All<V1PodDisruptionBudget>().Select(one => one.Metadata.Name).ShouldBe(both, ignoreOrder: true);
        manifests.All<V2HorizontalPodAutoscaler>().Select(one => one.Metadata.Name).ShouldBe(both, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Pods_meet_the_restricted_standard_and_cannot_write_their_root(string overlay)
    {
        foreach (var pod in Manifests.Of(overlay).Pods)
        {
            pod.Spec.SecurityContext.RunAsNonRoot.ShouldBe(true, pod.Name);
            pod.Spec.SecurityContext.RunAsUser.ShouldNotBeNull(pod.Name).ShouldBeGreaterThan(0);
            pod.Spec.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault", pod.Name);
            pod.Spec.HostNetwork.ShouldNotBe(true, pod.Name);
            var security = pod.Container.SecurityContext;
            security.ReadOnlyRootFilesystem.ShouldBe(true, pod.Name);
            security.AllowPrivilegeEscalation.ShouldBe(false, pod.Name);
            security.Capabilities.Drop.ShouldBe(["ALL"]);
            security.Capabilities.Add.ShouldBeNull();
            pod.Spec.Volumes?.ShouldAllBe(volume => volume.HostPath == null);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Pods_get_a_token_only_where_discovery_needs_one(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        manifests.All<V1ServiceAccount>().ShouldAllBe(account => account.AutomountServiceAccountToken == false);
        foreach (var pod in manifests.Pods)
        {
            var discovers = pod.Container.Env?.Any(variable => variable.Name == "Gatehouse__Kubernetes__Enabled") == true;
            pod.Spec.AutomountServiceAccountToken.ShouldBe(discovers, pod.Name);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Pods_have_three_probes_and_liveness_asks_the_process_alone(string overlay)
    {
        foreach (var pod in Manifests.Of(overlay).Pods)
        {
            pod.Container.StartupProbe.ShouldNotBeNull(pod.Name);
            pod.Container.ReadinessProbe.ShouldNotBeNull(pod.Name);
            pod.Container.LivenessProbe.ShouldNotBeNull(pod.Name);
        }

        foreach (var pod in Manifests.Of(overlay).Gatehouse)
        {
            pod.Container.LivenessProbe.HttpGet.Path.ShouldBe("/health/live");
            foreach (var probe in new[] { pod.Container.StartupProbe, pod.Container.ReadinessProbe, pod.Container.LivenessProbe })
            {
                pod.Port(probe.HttpGet.Port).ShouldNotBeNull($"{pod.Name}: no port {probe.HttpGet.Port.Value}");
            }

            // A silo or front door that hangs is voted out in seconds; a restart is for those that stay hung.
            var patience = pod.Container.LivenessProbe.PeriodSeconds * pod.Container.LivenessProbe.FailureThreshold;
            patience.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(20, pod.Name);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Pods_request_what_they_use_and_are_not_throttled(string overlay)
    {
        foreach (var pod in Manifests.Of(overlay).Pods)
        {
            pod.Container.Resources.Requests.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
            pod.Container.Resources.Limits.Keys.ShouldBe(["memory"], pod.Name);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Pods_are_spread_over_machines_by_their_own_labels(string overlay)
    {
        foreach (var pod in Manifests.Of(overlay).Pods)
        {
            pod.Matches(pod.OwnerSelector).ShouldBeTrue(pod.Name);
            var spread = pod.Spec.TopologySpreadConstraints.ShouldNotBeNull(pod.Name);
            spread.ShouldContain(one => one.TopologyKey == "kubernetes.io/hostname");
            spread.ShouldAllBe(one => one.MaxSkew == 1 && pod.Matches(one.LabelSelector.MatchLabels));
        }

        Manifests.Of(overlay).Gatehouse.ShouldAllBe(pod => pod.Spec.TopologySpreadConstraints.Any(one => one.TopologyKey == "topology.kubernetes.io/zone"));
    }

    [Theory]
    [InlineData("gatehouse-silo", 3)]
    [InlineData("gatehouse-front-door", 2)]
    public void Production_has_its_least_number_of_pods_on_as_many_machines(string name, int number)
    {
        var manifests = Manifests.Of("overlays/production");
        var machines = manifests.Gatehouse.Single(pod => pod.Name == name).Spec.TopologySpreadConstraints.Single(one => one.TopologyKey == "kubernetes.io/hostname");

        manifests.All<V2HorizontalPodAutoscaler>().Single(one => one.Metadata.Name == name).Spec.MinReplicas.ShouldBe(number);
        machines.WhenUnsatisfiable.ShouldBe("DoNotSchedule");
        machines.MinDomains.ShouldBe(number);
        machines.NodeTaintsPolicy.ShouldBe("Honor");
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Deployments_replace_one_pod_at_a_time_and_leave_their_number_to_the_autoscaler(string overlay)
    {
        foreach (var deployment in Manifests.Of(overlay).All<V1Deployment>())
        {
            deployment.Spec.Replicas.ShouldBeNull(deployment.Metadata.Name);
            deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value.ShouldBe("0");
            deployment.Spec.Strategy.RollingUpdate.MaxSurge.Value.ShouldBe("1");
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Silo_has_time_to_take_its_share_before_the_next_one_leaves(string overlay) => Manifests.Of(overlay).All<V1Deployment>()
        .Single(one => one.Metadata.Name == "gatehouse-silo").Spec.MinReadySeconds.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(10);

    [Theory, MemberData(nameof(Overlays))]
    public void Grace_period_covers_the_whole_stop(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var delay = TimeSpan.Parse(manifests.Settings()["Gatehouse__StopDelay"], System.Globalization.CultureInfo.InvariantCulture);

        foreach (var pod in manifests.Gatehouse)
        {
            TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 0).ShouldBeGreaterThan(delay + Stop, pod.Name);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Budgets_and_autoscalers_are_about_pods_that_exist(string overlay)
    {
        var manifests = Manifests.Of(overlay);

        foreach (var budget in manifests.All<V1PodDisruptionBudget>())
        {
            manifests.Gatehouse.Where(pod => pod.Matches(budget.Spec.Selector.MatchLabels)).Select(pod => pod.Name).ShouldBe([budget.Metadata.Name]);
            budget.Spec.MaxUnavailable.Value.ShouldBe("1");
        }

        foreach (var scaler in manifests.All<V2HorizontalPodAutoscaler>())
        {
            scaler.Spec.ScaleTargetRef.Kind.ShouldBe("Deployment");
            scaler.Spec.ScaleTargetRef.ApiVersion.ShouldBe("apps/v1");
            manifests.All<V1Deployment>().ShouldContain(one => one.Metadata.Name == scaler.Spec.ScaleTargetRef.Name);
            (scaler.Spec.MinReplicas ?? 1).ShouldBeLessThanOrEqualTo(scaler.Spec.MaxReplicas);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Autoscalers_grow_at_once_and_shrink_one_pod_a_minute(string overlay)
    {
        foreach (var scaler in Manifests.Of(overlay).All<V2HorizontalPodAutoscaler>())
        {
            var processor = scaler.Spec.Metrics.Single(metric => metric.Type == "Resource").Resource;
            processor.Name.ShouldBe("cpu");
            processor.Target.Type.ShouldBe("Utilization");
            scaler.Spec.Behavior.ScaleUp.StabilizationWindowSeconds.ShouldBe(0);
            var down = scaler.Spec.Behavior.ScaleDown;
            down.StabilizationWindowSeconds.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(300);
            down.Policies.ShouldHaveSingleItem();
            (down.Policies[0].Type, down.Policies[0].Value, down.Policies[0].PeriodSeconds).ShouldBe(("Pods", 1, 60));
        }
    }

    [Theory]
    [InlineData("overlays/dev", "Resource")]
    [InlineData("overlays/production", "Resource", "Pods")]
    public void Autoscalers_go_by_the_queue_only_where_an_adapter_is_told_of(string overlay, params string[] metrics)
    {
        foreach (var scaler in Manifests.Of(overlay).All<V2HorizontalPodAutoscaler>())
        {
            scaler.Spec.Metrics.Select(metric => metric.Type).ShouldBe(metrics, scaler.Metadata.Name);
            scaler.Spec.Metrics.Where(metric => metric.Type == "Pods")
                .ShouldAllBe(metric => metric.Pods.Metric.Name == "gatehouse_work_queue_length" && metric.Pods.Target.Type == "AverageValue");
        }
    }

    [Fact]
    public void Redis_is_of_dev_alone_and_writes_a_change_to_disk_before_it_is_acknowledged()
    {
        Manifests.Of("overlays/production").Pods.ShouldNotContain(pod => pod.Name == "redis");

        var redis = Manifests.Of("overlays/dev").Pods.Single(pod => pod.Name == "redis");
        string.Join(' ', redis.Container.Args).ShouldContain("--appendonly yes --appendfsync always");
    }

    [Fact]
    public void Silos_may_watch_endpoint_slices_for_discovery_and_nobody_may_anything_else()
    {
        Manifests.Of("overlays/production").All<V1Role>().ShouldBeEmpty();

        var dev = Manifests.Of("overlays/dev");
        var rule = dev.All<V1Role>().ShouldHaveSingleItem().Rules.ShouldHaveSingleItem();
        rule.ApiGroups.ShouldBe(["discovery.k8s.io"]);
        rule.Resources.ShouldBe(["endpointslices"]);
        rule.Verbs.ShouldBe(["list", "watch"]);
        var subject = dev.All<V1RoleBinding>().ShouldHaveSingleItem().Subjects.ShouldHaveSingleItem();
        (subject.Kind, subject.Name).ShouldBe(("ServiceAccount", "gatehouse-silo"));
        dev.All<V1ClusterRoleBinding>().ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Services_select_pods_and_lead_to_ports_these_have(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        foreach (var service in manifests.All<V1Service>())
        {
            var pods = manifests.Pods.Where(pod => pod.Matches(service.Spec.Selector)).ToArray();
            pods.ShouldHaveSingleItem();
            service.Spec.Ports.ShouldAllBe(port => pods[0].Port(port.TargetPort) != null);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public void Mounted_maps_and_secrets_are_rendered_or_described_for_the_operator(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var rendered = manifests.All<V1ConfigMap>().Select(one => one.Metadata.Name).Concat(manifests.All<V1Secret>().Select(one => one.Metadata.Name)).ToHashSet();
        var guide = Repository.Read("k8s", "README.md");

        foreach (var source in manifests.Gatehouse.SelectMany(pod => pod.Spec.Volumes).Where(volume => volume.Projected is not null).SelectMany(volume => volume.Projected.Sources))
        {
            var name = source.ConfigMap?.Name ?? source.Secret.Name;
            (rendered.Contains(name) || guide.Contains($"secret generic {name}", StringComparison.Ordinal)).ShouldBeTrue(name);
        }
    }
}
