using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>
/// What a front has measured on its own meters. Not read from <c>/metrics</c>: hosts side by side in one process have their series in
/// common there, and the first that stops ends them for all.
/// </summary>
internal sealed class Counters : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<Measured> measured = new();

    public Counters(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name.StartsWith("Gatehouse", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue(new(instrument.Name, tags.ToArray(), value)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue(new(instrument.Name, tags.ToArray(), value)));
        // Of times only how many there were.
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Enqueue(new(instrument.Name, tags.ToArray(), 1)));
        listener.Start();
    }

    /// <summary>A counter's sum; its name without <c>gatehouse.gateway.</c></summary>
    public long this[string name] => Of("gatehouse.gateway." + name);

    /// <summary>A counter's sum, of what has these tags.</summary>
    public long Of(string name, params (string Key, object? Value)[] tags) => Sum(measured, name, tags);

    /// <summary>What a gauge tells now, over all of its series that have these tags.</summary>
    public long Now(string name, params (string Key, object? Value)[] tags)
    {
        var before = measured.Count;
        listener.RecordObservableInstruments();
        return Sum(measured.Skip(before), name, tags);
    }

    public void Dispose() => listener.Dispose();

    private static long Sum(IEnumerable<Measured> measured, string name, (string Key, object? Value)[] tags) => measured
        .Where(one => one.Name == name && Array.TrueForAll(tags, tag => one.Tags.Contains(KeyValuePair.Create(tag.Key, tag.Value))))
        .Sum(one => one.Value);

    private sealed record Measured(string Name, KeyValuePair<string, object?>[] Tags, long Value);
}
