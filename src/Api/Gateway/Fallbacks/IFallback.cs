using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>What answers a route's requests when its service does not.</summary>
internal interface IFallback
{
    /// <summary>What metrics and the response's header call it.</summary>
    string Kind { get; }

    /// <summary>A request goes to the service first.</summary>
    void Prepare(GatewayCall call)
    {
        // Most need nothing.
    }

    /// <summary>The service has answered it.</summary>
    void Keep(GatewayCall call)
    {
        // Most keep nothing.
    }

    /// <summary>Whether it can answer this request.</summary>
    bool IsReady(GatewayCall call) => true;

    /// <summary>Answers it. Nothing of a response has been sent.</summary>
    ValueTask<Problem?> Answer(GatewayCall call);
}
