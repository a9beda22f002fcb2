using System.Diagnostics;
using Gatehouse.Silo.Telemetry;
using OpenTelemetry.Trace;

namespace Gatehouse.Api.Tests.Telemetry;

public sealed class RequestSamplerTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 800, 1200)]
    [InlineData(1, 10_000, 10_000)]
    public void ShouldSample_requests_takesTheirShare(double share, int least, int most)
    {
        var sampler = new RequestSampler(share);

        Enumerable.Range(0, 10_000).Count(_ => IsSampled(sampler, ActivityKind.Server)).ShouldBeInRange(least, most);
    }

    [Theory]
    [InlineData(ActivityKind.Internal)]
    [InlineData(ActivityKind.Client)]
    public void ShouldSample_whatTheProcessDoesOfItself_isNoTrace(ActivityKind kind) =>
        IsSampled(new RequestSampler(1), kind).ShouldBeFalse();

    private static bool IsSampled(RequestSampler sampler, ActivityKind kind) => sampler
        .ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "GET /books", kind))
        .Decision == SamplingDecision.RecordAndSample;
}
