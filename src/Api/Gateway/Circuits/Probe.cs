using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The one call that a half-open circuit admits, sent from here. Its end is told to the circuit's owner, once.</summary>
internal sealed class Probe
{
    private readonly Lock gate = new();
    private readonly ProbeAsk ask;
    private readonly Action<ProbeResult> conclude;
    private readonly HttpContext context;
    private readonly ITimer timer;
    private bool over;

    /// <summary>Makes a probe that was granted.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="left">How much of its term is left.</param>
    /// <param name="context">The request that it is.</param>
    /// <param name="conclude">Tells the owner.</param>
    /// <param name="time">The clock.</param>
    public Probe(ProbeAsk ask, TimeSpan left, HttpContext context, Action<ProbeResult> conclude, TimeProvider time)
    {
        this.ask = ask;
        this.context = context;
        this.conclude = conclude;
        timer = time.CreateTimer(
            static probe => ((Probe)probe!).GiveUp(), this, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The instance that is probed; empty for the service.</summary>
    public string Instance => ask.Instance;

    /// <summary>The call is over, or was not sent. Before the request is.</summary>
    public void End(CallOutcome? outcome) => Conclude(() => outcome switch
    {
        CallOutcome.Success or CallOutcome.ClientError or CallOutcome.Limited => ProbeVerdict.Success,
        CallOutcome.Failure or CallOutcome.Timeout => ProbeVerdict.Failure,
        _ => ProbeVerdict.Unused,
    });

    // A response that goes on and on has begun well or badly; one that has not begun by now does not come in time.
    private void GiveUp() => Conclude(() => context.Response is { HasStarted: true, StatusCode: < StatusCodes.Status500InternalServerError }
        ? ProbeVerdict.Success
        : ProbeVerdict.Failure);

    private void Conclude(Func<ProbeVerdict> judge)
    {
        ProbeVerdict verdict;
        lock (gate)
        {
            if (over)
            {
                return;
            }

            over = true;
            verdict = judge();
        }

        timer.Dispose();
        conclude(new ProbeResult(ask.Id, ask.Instance, verdict));
    }
}
