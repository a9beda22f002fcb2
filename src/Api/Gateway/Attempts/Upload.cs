using Gatehouse.Api.Gateway.Fallbacks;
using Gatehouse.Api.Gateway.Forwarding;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>The body of a request, as its attempts read it.</summary>
internal sealed class Upload : IDisposable
{
    private readonly GatewayCall call;
    private readonly Stream body;
    private readonly ReplayedBody? replayed;
    private UploadStream? current;

    private Upload(GatewayCall call, bool replay)
    {
        this.call = call;
        var request = call.Context.Request;
        body = request.Body;
        replayed = replay ? new ReplayedBody(body, request.ContentLength, read => call.CountIn(read), call.Context.RequestAborted) : null;
    }

    /// <summary>Whether a further attempt can send the same body.</summary>
    public bool CanRepeat => replayed?.CanRewind ?? current is not { Begun: true };

    /// <summary>A request's body; null when it has none.</summary>
    public static Upload? Of(GatewayCall call)
    {
        var features = call.Context.Features;
        if (!features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            return null;
        }

        // How much a service takes is its own rule; what passes through here is not held, but for the beginning of one
        // that may be sent again.
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var repeats = call.Fallback is OtherService || (call.Plan.Retry.Attempts > 1 && RetryPlan.IsRepeatable(call.Context.Request));
        return new Upload(call, repeats);
    }

    /// <summary>Gives the request its body for an attempt, from the start.</summary>
    public void Attach(Deadline deadline)
    {
        replayed?.Rewind();
        current = deadline.Watch(replayed ?? body, replayed is null ? call : null);
        call.Context.Request.Body = current;
    }

    /// <summary>Gives the request its body for a service that answers in this process, from the start.</summary>
    public void Attach()
    {
        replayed?.Rewind();
        call.Context.Request.Body = replayed ?? body;
    }

    public void Dispose() => replayed?.Dispose();
}
