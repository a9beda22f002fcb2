using BenchmarkDotNet.Attributes;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Polly;
using Polly.CircuitBreaker;

namespace Gatehouse.Benchmarks;

/// <summary>
/// What a closed circuit costs a call: the front door's counting of a service and an instance, beside Polly's circuit breaker
/// with the same parameters; by one thread, and by as many as there are cores on one circuit.
/// </summary>
[MemoryDiagnoser]
public class CircuitBenchmark
{
    private const int Calls = 10_000;

    private readonly int threads = Environment.ProcessorCount;
    private CircuitMeters meters = null!;
    private ResiliencePipeline polly = null!;

    /// <summary>Makes both.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var rule = RouteCircuit.Default;
        meters = new CircuitMeters(rule, TimeProvider.System);
        polly = new ResiliencePipelineBuilder()
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                SamplingDuration = rule.Window,
                MinimumThroughput = rule.MinimumThroughput,
                FailureRatio = rule.FailureRate,
                BreakDuration = rule.Sleep,
            })
            .Build();
    }

    /// <summary>Counts of an instance's call, by one thread.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void GatehouseAlone() => Count();

    /// <summary>Polly's breaker around nothing, by one thread.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void PollyAlone() => Execute();

    /// <summary>Counts of an instance's call, by all cores.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void GatehouseByAll() => Parallel.For(0, threads, _ => Count());

    /// <summary>Polly's breaker around nothing, by all cores.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void PollyByAll() => Parallel.For(0, threads, _ => Execute());

    private void Count()
    {
        for (var i = 0; i < Calls; i++)
        {
            meters.Record("instance", CallOutcome.Success);
        }
    }

    private void Execute()
    {
        for (var i = 0; i < Calls; i++)
        {
            polly.Execute(static () => { });
        }
    }
}
