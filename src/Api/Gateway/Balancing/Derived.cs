using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// What a balancer works out from a service's instances, kept until they change. Two threads may work it out at the same
/// time; both get the right value, and one is kept.
/// </summary>
internal sealed class Derived<T>(Func<ServiceInstances, T> derive)
{
    private volatile Entry? last;

    public T Of(ServiceInstances service)
    {
        if (last is { } entry && ReferenceEquals(entry.Service, service))
        {
            return entry.Value;
        }

        var value = derive(service);
        last = new Entry(service, value);
        return value;
    }

    private sealed record Entry(ServiceInstances Service, T Value);
}
