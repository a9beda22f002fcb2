using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway;

/// <summary>
/// Answers a call, or gives why not. Null when it is answered, cut off half-way, or nobody waits for the answer any more;
/// with a problem, nothing of a response has been sent.
/// </summary>
internal delegate ValueTask<Problem?> GatewayStep(GatewayCall call);

/// <summary>
/// One policy's part in the way of a request. Stages are put together once for each route, in the order of
/// <see cref="GatewayExtensions.AddGateway"/>, so that a policy a route does not have costs its requests nothing.
/// </summary>
internal interface IStage
{
    /// <summary>
    /// This stage's step for a route, which calls <paramref name="next"/> to go on; or <paramref name="next"/> itself when
    /// the route has no such policy. Called once for each version of a route's document.
    /// </summary>
    GatewayStep Build(CompiledRoute route, GatewayStep next);
}
