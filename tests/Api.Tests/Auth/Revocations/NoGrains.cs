using System.Reflection;

namespace Gatehouse.Api.Tests.Auth.Revocations;

/// <summary>A cluster that cannot be reached; public and not sealed, so that the runtime can derive its proxy.</summary>
public class NoGrains : DispatchProxy
{
    public static IGrainFactory Create() => Create<IGrainFactory, NoGrains>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new TimeoutException("The cluster does not answer.");
}
