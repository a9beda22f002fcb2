using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway.Attempts;

/// <summary>What the gateway of a front has counted on its own meter.</summary>
internal sealed class Counters : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, long> sums = new();

    public Counters(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters) && instrument is Counter<long>)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.Start();
    }

    /// <summary>A counter's sum; its name without <c>gatehouse.gateway.</c></summary>
    public long this[string name] => sums.GetValueOrDefault("gatehouse.gateway." + name);

    public void Dispose() => listener.Dispose();
}
