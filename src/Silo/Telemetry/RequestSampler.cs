using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Gatehouse.Silo.Telemetry;

/// <summary>
/// Begins traces with requests only: what a process does of itself, such as renewing leases, would be a trace each second
/// that tells nothing.
/// </summary>
/// <param name="share">The share of requests.</param>
internal sealed class RequestSampler(double share) : Sampler
{
    private readonly TraceIdRatioBasedSampler ratio = new(share);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Server ? ratio.ShouldSample(samplingParameters) : new SamplingResult(SamplingDecision.Drop);
}
