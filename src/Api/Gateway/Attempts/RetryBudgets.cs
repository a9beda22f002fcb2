using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>The retry budgets of all services.</summary>
internal sealed class RetryBudgets : IKeptByService
{
    private readonly ConcurrentDictionary<string, RetryBudget> byService = new(StringComparer.Ordinal);
    private readonly Func<string, RetryBudget> make;

    public RetryBudgets(TrafficTable traffic, TimeProvider time) =>
        make = service => new RetryBudget(() => traffic.EnteredOf(SeriesKind.Service, service), time);

    /// <summary>The budget of a service, upper-case; it knows of the requests since this was first called.</summary>
    public RetryBudget Of(string service) => byService.GetOrAdd(service, make);

    /// <inheritdoc/>
    public void Sweep(ImmutableDictionary<string, ServiceInstances> services) => byService.KeepOnly(services);
}
