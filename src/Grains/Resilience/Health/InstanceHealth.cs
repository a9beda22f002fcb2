using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Grains.Resilience.Health;

/// <summary>What the probes of one instance have shown. Unknown until enough of them agree.</summary>
internal sealed class InstanceHealth
{
    private int good;
    private int bad;

    /// <summary>Whether it is known.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Why it is unhealthy; null when it is not, or not known.</summary>
    public string? Reason { get; private set; }

    /// <summary>Takes a probe's outcome: null when it was good, otherwise why not.</summary>
    public void Take(string? failure, RouteHealth rule)
    {
        if (failure is null)
        {
            bad = 0;
            if (++good >= rule.Healthy)
            {
                IsKnown = true;
                Reason = null;
            }
        }
        else
        {
            good = 0;
            if (++bad >= rule.Unhealthy)
            {
                // The first reason stays: a change of words is no change of state.
                IsKnown = true;
                Reason ??= failure;
            }
        }
    }
}
