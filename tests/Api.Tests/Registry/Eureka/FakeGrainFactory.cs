using System.Reflection;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>Gives the same fake for every service; public and not sealed, so that the runtime can derive its proxy.</summary>
public class FakeGrainFactory : DispatchProxy
{
    internal FakeCluster Cluster { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType == typeof(IServiceGrain) ? Cluster : throw new NotSupportedException(targetMethod.Name);
}
