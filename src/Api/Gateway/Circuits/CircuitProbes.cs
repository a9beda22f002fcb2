using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>Gets the right to probe from a circuit's owner, for a request that finds the circuit's sleep over.</summary>
internal sealed class CircuitProbes(ICircuitOwners owners, CircuitReporter reporter, TimeProvider time)
{
    // The owner answers in milliseconds; the request does not wait for a silo that has just died.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LongestTerm = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    /// <summary>Asks, unless another request does.</summary>
    /// <param name="circuits">The circuits.</param>
    /// <param name="instance">Which of them; empty for the service's.</param>
    /// <param name="call">The request that would be the probe.</param>
    public async ValueTask<(ProbeAnswer Answer, Probe? Probe)> Ask(ServiceCircuits circuits, string instance, GatewayCall call)
    {
        if (!circuits.MayAsk(instance))
        {
            return (ProbeAnswer.Refused, null);
        }

        var term = call.Plan.PerTry + Slack;
        var ask = new ProbeAsk(Guid.NewGuid(), instance, term < LongestTerm ? term : LongestTerm);
        var askedAt = time.GetTimestamp();
        var asked = Ask(circuits, ask);
        try
        {
            var answer = await asked.WaitAsync(Patience, time, call.Context.RequestAborted);
            return (answer, answer == ProbeAnswer.Granted ? Begin(circuits, ask, askedAt, call) : null);
        }
        catch (Exception)
        {
            // Whatever it is, the call is not sent; should the right come later, it is given back.
            _ = GiveBack(circuits, ask, asked);
            return (ProbeAnswer.Refused, null);
        }
    }

    private Probe Begin(ServiceCircuits circuits, ProbeAsk ask, long askedAt, GatewayCall call) => new(
        ask, ask.Term - time.GetElapsedTime(askedAt), call.Context, result => reporter.Conclude(circuits, result), time);

    private async Task<ProbeAnswer> Ask(ServiceCircuits circuits, ProbeAsk ask)
    {
        try
        {
            return await owners.Of(circuits.Name).Ask(ask);
        }
        finally
        {
            circuits.HasAsked(ask.Instance);
        }
    }

    private async Task GiveBack(ServiceCircuits circuits, ProbeAsk ask, Task<ProbeAnswer> asked)
    {
        try
        {
            if (await asked == ProbeAnswer.Granted)
            {
                reporter.Conclude(circuits, new ProbeResult(ask.Id, ask.Instance, ProbeVerdict.Unused));
            }
        }
        catch (Exception)
        {
            // Nothing was granted, or nobody knows: the owner gives it up when its term is over.
        }
    }
}
