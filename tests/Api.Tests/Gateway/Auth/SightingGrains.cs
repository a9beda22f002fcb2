using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>A cluster that notes which sessions are told that they are used; public and not sealed, so that the runtime can derive its proxy.</summary>
public class SightingGrains : DispatchProxy
{
    private ConcurrentQueue<ImmutableArray<SessionSighting>> calls = null!;

    public static IGrainFactory By(ConcurrentQueue<ImmutableArray<SessionSighting>> calls) => Noting<IGrainFactory>(calls);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name != nameof(ISessionSightingsGrain.Report))
        {
            return Noting<ISessionSightingsGrain>(calls);
        }

        calls.Enqueue((ImmutableArray<SessionSighting>)args![0]!);
        return Task.CompletedTask;
    }

    private static T Noting<T>(ConcurrentQueue<ImmutableArray<SessionSighting>> calls) where T : class
    {
        var proxy = Create<T, SightingGrains>();
        ((SightingGrains)(object)proxy).calls = calls;
        return proxy;
    }
}
