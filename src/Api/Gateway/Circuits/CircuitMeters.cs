using System.Collections.Concurrent;
using System.Globalization;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>This front door's counts of a service's calls, and of each instance's, by one rule; all routes that have the rule share them.</summary>
internal sealed class CircuitMeters(RouteCircuit rule, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CallWindow> instances = new(StringComparer.Ordinal);
    private readonly CallWindow service = new(rule.Window, time);

    public RouteCircuit Rule => rule;

    private TimeProvider Time => time;

    /// <summary>The instances whose calls were counted.</summary>
    public IEnumerable<string> Instances => instances.Keys;

    /// <summary>Counts how a call ended.</summary>
    /// <param name="instance">The instance it was made to; empty for a call to the service.</param>
    /// <param name="outcome">How it ended.</param>
    /// <returns>Why the circuit is to open, or null.</returns>
    public string? Record(string instance, CallOutcome outcome)
    {
        switch (outcome)
        {
            case CallOutcome.Success or CallOutcome.ClientError or CallOutcome.Limited:
                Window(instance).Succeeded();
                return null;
            case CallOutcome.Failure or CallOutcome.Timeout:
                var window = Window(instance);
                window.Failed();
                return Judge(window);
            default:
                // Who left, and what was never sent, tells nothing of the service.
                return null;
        }
    }

    /// <summary>Forgets what was counted of an instance, or with an empty name of the service.</summary>
    public void Clear(string instance)
    {
        if (instance.Length == 0)
        {
            service.Clear();
        }
        else if (instances.TryGetValue(instance, out var window))
        {
            window.Clear();
        }
    }

    /// <summary>Whether nothing was counted within the window.</summary>
    public bool IsIdle => service.Count().Calls == 0 && instances.Values.All(window => window.Count().Calls == 0);

    /// <summary>Gives up what was kept for an instance that is gone.</summary>
    public void Remove(string instance) => instances.TryRemove(instance, out _);

    private CallWindow Window(string instance)
    {
        if (instance.Length == 0)
        {
            return service;
        }

        return instances.TryGetValue(instance, out var window)
            ? window
            : instances.GetOrAdd(instance, static (_, meters) => new CallWindow(meters.Rule.Window, meters.Time), this);
    }

    private string? Judge(CallWindow window)
    {
        var (calls, failures) = window.Count();
        return calls >= rule.MinimumThroughput && failures >= rule.FailureRate * calls
            ? string.Create(CultureInfo.InvariantCulture, $"{failures} of {calls} calls failed within {rule.Window.TotalSeconds:0.###} s.")
            : null;
    }
}
