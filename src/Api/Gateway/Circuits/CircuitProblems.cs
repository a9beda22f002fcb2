using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>What the clients of a service whose circuit is open are told.</summary>
internal static class CircuitProblems
{
    private const int LongestWait = 60;

    /// <summary>The circuit is open.</summary>
    /// <param name="service">The service.</param>
    /// <param name="left">How long until a call is tried; an operator's decision has no end.</param>
    public static Problem Open(string service, TimeSpan left) => new Problem(
        StatusCodes.Status503ServiceUnavailable,
        "circuit-open",
        "The service fails, and gets no calls for now",
        $"Too many calls to {service} have failed, or an operator has taken it out.")
        .RetryAfter((int)Math.Clamp(Math.Ceiling(left.TotalSeconds), 1, LongestWait));
}
