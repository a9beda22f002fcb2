using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Api.Gateway;

/// <summary>An HTTP service of the registry: picks an instance and passes the request on to it.</summary>
internal sealed class ServiceUpstream(
    IReplica<RegistrySnapshot> registry,
    IHttpForwarder forwarder,
    UpstreamClient client,
    ForwardedHeaders forwardedHeaders,
    Random random) : IUpstream
{
    // An instance that was taken out between reading the view and picking it is gone from the next reading.
    private const int Picks = 4;

    public async ValueTask<Problem?> Answer(GatewayCall call)
    {
        var context = call.Context;
        var service = call.Plan.PickService(random, out var balancer);
        var instance = await Enter(service, balancer, context);
        if (instance is null)
        {
            return GatewayProblems.NoInstance(service);
        }

        try
        {
            return await Forward(call, instance);
        }
        finally
        {
            instance.Leave();
        }
    }

    private async ValueTask<RoutableInstance?> Enter(string service, IBalancer balancer, HttpContext context)
    {
        var picks = 0;
        while (true)
        {
            var snapshot = await registry.Read(context.RequestAborted);
            if (!snapshot.Services.TryGetValue(service, out var instances) || instances.Routable.IsEmpty)
            {
                return null;
            }

            var instance = balancer.Pick(instances, context);
            if (instance is null || instance.TryEnter())
            {
                return instance;
            }

            if (++picks == Picks)
            {
                return AnyOf(instances.Routable);
            }
        }
    }

    private static RoutableInstance? AnyOf(ImmutableArray<RoutableInstance> instances)
    {
        foreach (var instance in instances)
        {
            if (instance.TryEnter())
            {
                return instance;
            }
        }

        return null;
    }

    private async ValueTask<Problem?> Forward(GatewayCall call, RoutableInstance instance)
    {
        var (context, plan) = (call.Context, call.Plan);
        var attempt = call.StartAttempt(instance);
        var outcome = CallOutcome.Failure;
        var deadline = Deadline.Rent(plan.Timeout);
        using var activity = Tracing.StartCall(context, plan, instance);
        try
        {
            if (context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
            {
                WatchBody(call, deadline);
            }
            else
            {
                deadline.Start();
            }

            var config = client.ConfigFor(context.Request, instance, plan.Timeout);
            var forwarded = new ForwardedCall(call, forwardedHeaders, deadline);
            var error = await forwarder.SendAsync(context, instance.Address, client.Invoker, config, forwarded, deadline.Token);
            outcome = AttemptRecord.OutcomeOf(error, context, deadline.Passed);
            activity?.SetTag("http.response.status_code", context.Response.StatusCode);
            if (error == ForwarderError.None)
            {
                return null;
            }

            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, error.ToString());
            var isOver = context.Response.HasStarted || context.RequestAborted.IsCancellationRequested;
            if (isOver)
            {
                call.BreakOff();
            }

            TimeSpan? passed = deadline.Passed ? plan.Timeout : null;
            return isOver ? null : Failure.Explain(error, context, passed);
        }
        finally
        {
            attempt.End(outcome);
            deadline.Return();
        }
    }

    private static void WatchBody(GatewayCall call, Deadline deadline)
    {
        var context = call.Context;
        // How much a service takes is its own rule; what passes through here is never held.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        context.Request.Body = deadline.Watch(context.Request.Body, call);
    }
}
