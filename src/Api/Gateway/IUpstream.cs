using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Gateway;

/// <summary>Where a matched request is answered: an HTTP service of the registry, or a module in this process.</summary>
internal interface IUpstream
{
    /// <summary>
    /// Answers the request. Gives null when it is answered, cut off half-way, or nobody waits for the answer any more;
    /// otherwise why not, and nothing of a response has been sent.
    /// </summary>
    ValueTask<Problem?> Answer(GatewayCall call);
}
