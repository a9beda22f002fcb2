using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Traffic;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>
/// An HTTP service of the registry: picks an instance and passes the request on to it, and again to another when that
/// failed and it is safe.
/// </summary>
internal sealed class ServiceUpstream(
    InstancePicker picker,
    IHttpForwarder forwarder,
    UpstreamClient client,
    ForwardedHeaders forwardedHeaders,
    CircuitGate circuits,
    Retries retries,
    Hedges hedges,
    Random random) : IUpstream
{
    public async ValueTask<Problem?> Answer(GatewayCall call)
    {
        var service = call.Plan.PickService(call, random, out var balancer);
        if (await circuits.Enter(call, service) is { } refusal)
        {
            return refusal;
        }

        try
        {
            call.Upload ??= Upload.Of(call);
            Problem? failed = null;
            while (true)
            {
                var instance = await picker.Enter(service, balancer, call, call.Tried);
                if (instance is null)
                {
                    return failed ?? call.Circuits?.Refusal ?? GatewayProblems.NoInstance(service);
                }

                (failed, var again) = await Try(call, instance);
                if (!again)
                {
                    return failed;
                }

                (call.Tried ??= []).Add(instance);
                if (call.Instance is { } other && other != instance)
                {
                    call.Tried.Add(other);
                }

                await retries.Wait(call);
            }
        }
        finally
        {
            call.Circuits?.End();
        }
    }

    private async ValueTask<(Problem? Failed, bool Again)> Try(GatewayCall call, RoutableInstance instance)
    {
        var context = call.Context;
        var attempt = call.StartAttempt(instance);
        var time = TryTime.Of(call);
        var deadline = Deadline.Rent(call, time.Limit);
        var outcome = CallOutcome.Failure;
        try
        {
            if (call.Upload is { } upload)
            {
                upload.Attach(deadline);
            }
            else
            {
                deadline.Start();
            }

            var config = client.ConfigFor(context.Request, instance, time.Limit);
            var forwarded = new ForwardedCall(call, instance.Instance.Service, forwardedHeaders, retries, deadline, time);
            var hedged = call.Plan.Hedge is null ? null : hedges.TryMake(call, attempt, time);
            var error = await forwarder.SendAsync(context, instance.Address, hedged ?? client.Invoker, config, forwarded, deadline.Token);
            attempt = hedged?.Winner ?? attempt;
            outcome = Failure.OutcomeOf(error, context, deadline.Passed, time.IsClients);
            attempt.Tell(context.Response.StatusCode, error == ForwarderError.None ? null : error.ToString());
            if (error == ForwarderError.None)
            {
                return forwarded.Declined ? (Decline(call), forwarded.Again) : default;
            }

            if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            {
                call.BreakOff(outcome);
                return default;
            }

            var failed = Failure.Explain(error, context, deadline.Passed ? time : null);
            var again = retries.Allow(call, instance.Instance.Service, Failure.EndOf(error, failed));
            call.TakeBackStatus();
            return (failed, again);
        }
        finally
        {
            attempt.End(outcome);
            deadline.Return();
        }
    }

    private static Problem Decline(GatewayCall call)
    {
        var failed = GatewayProblems.UpstreamAnswered(call.Context.Response.StatusCode);
        call.TakeBackStatus();
        return failed;
    }
}
