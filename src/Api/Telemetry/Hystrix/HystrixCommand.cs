using System.Globalization;
using System.Text.Json.Serialization;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Telemetry.Hystrix;

/// <summary>
/// One command of Hystrix's metrics stream, with every field that its dashboard and Turbine read. What Gatehouse has no
/// equal of, such as thread pools and collapsing, is zero.
/// </summary>
internal sealed record HystrixCommand
{
    private static readonly double[] Shares = [0, 25, 50, 75, 90, 95, 99, 99.5, 100];

    public string Type { get; init; } = "HystrixCommand";

    public required string Name { get; init; }

    public string Group { get; init; } = "gatehouse";

    public string ThreadPool { get; init; } = "gatehouse";

    public required long CurrentTime { get; init; }

    [JsonPropertyName("isCircuitBreakerOpen")] public bool IsCircuitBreakerOpen { get; init; }

    public required int ErrorPercentage { get; init; }

    public required long ErrorCount { get; init; }

    public required long RequestCount { get; init; }

    public required long RollingCountBadRequests { get; init; }

    public long RollingCountCollapsedRequests { get; init; }

    public long RollingCountEmit { get; init; }

    public long RollingCountExceptionsThrown { get; init; }

    public required long RollingCountFailure { get; init; }

    public long RollingCountFallbackEmit { get; init; }

    public long RollingCountFallbackFailure { get; init; }

    public long RollingCountFallbackMissing { get; init; }

    public long RollingCountFallbackRejection { get; init; }

    public long RollingCountFallbackSuccess { get; init; }

    public long RollingCountResponsesFromCache { get; init; }

    public required long RollingCountSemaphoreRejected { get; init; }

    public required long RollingCountShortCircuited { get; init; }

    public required long RollingCountSuccess { get; init; }

    public long RollingCountThreadPoolRejected { get; init; }

    public required long RollingCountTimeout { get; init; }

    public required long CurrentConcurrentExecutionCount { get; init; }

    public required long RollingMaxConcurrentExecutionCount { get; init; }

    [JsonPropertyName("latencyExecute_mean")] public required long LatencyExecuteMean { get; init; }

    public required IReadOnlyDictionary<string, long> LatencyExecute { get; init; }

    [JsonPropertyName("latencyTotal_mean")] public long LatencyTotalMean => LatencyExecuteMean;

    public IReadOnlyDictionary<string, long> LatencyTotal => LatencyExecute;

    [JsonPropertyName("propertyValue_circuitBreakerRequestVolumeThreshold")] public int RequestVolumeThreshold { get; init; } = 20;

    [JsonPropertyName("propertyValue_circuitBreakerSleepWindowInMilliseconds")] public int SleepWindow { get; init; } = 5000;

    [JsonPropertyName("propertyValue_circuitBreakerErrorThresholdPercentage")] public int ErrorThreshold { get; init; } = 50;

    [JsonPropertyName("propertyValue_circuitBreakerForceOpen")] public bool ForceOpen { get; init; }

    [JsonPropertyName("propertyValue_circuitBreakerForceClosed")] public bool ForceClosed { get; init; }

    [JsonPropertyName("propertyValue_circuitBreakerEnabled")] public bool Enabled { get; init; } = true;

    [JsonPropertyName("propertyValue_executionIsolationStrategy")] public string IsolationStrategy { get; init; } = "SEMAPHORE";

    [JsonPropertyName("propertyValue_executionIsolationThreadTimeoutInMilliseconds")] public int ThreadTimeout { get; init; } = 10_000;

    [JsonPropertyName("propertyValue_executionTimeoutInMilliseconds")] public int ExecutionTimeout { get; init; } = 10_000;

    [JsonPropertyName("propertyValue_executionIsolationThreadInterruptOnTimeout")] public bool InterruptOnTimeout { get; init; } = true;

    [JsonPropertyName("propertyValue_executionIsolationThreadPoolKeyOverride")] public string? ThreadPoolKeyOverride { get; init; }

    [JsonPropertyName("propertyValue_executionIsolationSemaphoreMaxConcurrentRequests")] public int MaxConcurrentRequests { get; init; } = 1000;

    [JsonPropertyName("propertyValue_fallbackIsolationSemaphoreMaxConcurrentRequests")] public int MaxConcurrentFallbacks { get; init; } = 1000;

    [JsonPropertyName("propertyValue_metricsRollingStatisticalWindowInMilliseconds")] public required long StatisticalWindow { get; init; }

    [JsonPropertyName("propertyValue_requestCacheEnabled")] public bool RequestCacheEnabled { get; init; }

    [JsonPropertyName("propertyValue_requestLogEnabled")] public bool RequestLogEnabled { get; init; }

    public required int ReportingHosts { get; init; }

    /// <summary>The command with the state of its circuit; a half-open one is open, as in Hystrix.</summary>
    public HystrixCommand With(CircuitEntry? circuit) => this with
    {
        IsCircuitBreakerOpen = circuit is { IsOpen: true },
        ForceOpen = circuit is { Mode: CircuitMode.ForcedOpen },
        ForceClosed = circuit is { Mode: CircuitMode.ForcedClosed },
        SleepWindow = circuit?.Sleep is { Ticks: > 0 } sleep ? (int)sleep.TotalMilliseconds : SleepWindow,
    };

    public static HystrixCommand Of(NamedSum service, int frontDoors, TimeSpan window, DateTimeOffset now)
    {
        var sum = service.Sum;
        return new HystrixCommand
        {
            Name = service.Name,
            CurrentTime = now.ToUnixTimeMilliseconds(),
            ErrorPercentage = sum.Calls == 0 ? 0 : (int)Math.Round(100.0 * sum.Errors / sum.Calls),
            ErrorCount = sum.Errors,
            RequestCount = sum.Calls,
            RollingCountBadRequests = sum.Of(CallOutcome.ClientError) + sum.Of(CallOutcome.Limited),
            RollingCountFailure = sum.Of(CallOutcome.Failure),
            RollingCountSemaphoreRejected = sum.Of(CallOutcome.Rejected),
            RollingCountShortCircuited = sum.Of(CallOutcome.ShortCircuited),
            RollingCountSuccess = sum.Of(CallOutcome.Success),
            RollingCountTimeout = sum.Of(CallOutcome.Timeout),
            CurrentConcurrentExecutionCount = service.InFlight,
            // The highest within the window is not kept.
            RollingMaxConcurrentExecutionCount = service.InFlight,
            LatencyExecuteMean = sum.Calls == 0 ? 0 : sum.SumMicroseconds / sum.Calls / 1000,
            LatencyExecute = Shares.ToDictionary(
                share => share.ToString(CultureInfo.InvariantCulture),
                share => (long)(share >= 100 ? sum.MaxMicroseconds : sum.Latency.Percentile(share / 100)) / 1000),
            StatisticalWindow = (long)window.TotalMilliseconds,
            ReportingHosts = frontDoors,
        };
    }
}
