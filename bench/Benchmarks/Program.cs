using BenchmarkDotNet.Running;
using Gatehouse.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(MatchingBenchmark).Assembly).Run(args);
