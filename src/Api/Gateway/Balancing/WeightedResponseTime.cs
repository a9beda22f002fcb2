using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// At random, the more often the sooner they answer. By Ribbon's rule: an instance's weight is the sum of all mean response
/// times without its own. One that has not answered yet has the whole sum. The means are this front door's, of about the last
/// ten seconds.
/// </summary>
/// <param name="figuresOf">The calls to an instance so far, by its key, and how long they took together.</param>
/// <param name="time">Says when means and weights are worked out anew: once a second.</param>
/// <param name="random">Draws the lots.</param>
internal sealed class WeightedResponseTime(Func<string, (long Calls, long Microseconds)> figuresOf, TimeProvider time, Random random) : IBalancer
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Turn turn = new(random);
    private readonly Dictionary<string, ResponseTime> times = new(StringComparer.Ordinal);
    private volatile Weights? weights;

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var current = weights;
        if (current is null || !ReferenceEquals(current.Service, service) || time.GetElapsedTime(current.MadeAt) >= Every)
        {
            current = Renew(service, current);
        }

        var instances = service.Routable;
        var sum = current.UpTo[^1];
        if (sum <= 0)
        {
            return instances[turn.Next(instances.Length)];
        }

        var place = Array.BinarySearch(current.UpTo, random.NextDouble() * sum);
        place = place < 0 ? ~place : place + 1;
        return instances[Math.Min(place, instances.Length - 1)];
    }

    // By one; the others go on by what there is, if it is of the same instances.
    private Weights Renew(ServiceInstances service, Weights? current)
    {
        var waits = current is null || !ReferenceEquals(current.Service, service);
        if (waits)
        {
            gate.Enter();
        }
        else if (!gate.TryEnter())
        {
            return current!;
        }

        try
        {
            if (weights is { } made && ReferenceEquals(made.Service, service) && time.GetElapsedTime(made.MadeAt) < Every)
            {
                return made;
            }

            var renewed = new Weights(service, time.GetTimestamp(), UpTo(service));
            weights = renewed;
            return renewed;
        }
        finally
        {
            gate.Exit();
        }
    }

    private double[] UpTo(ServiceInstances service)
    {
        var instances = service.Routable;
        foreach (var gone in times.Keys.Except(instances.Select(instance => instance.Key)).ToList())
        {
            times.Remove(gone);
        }

        var means = Array.ConvertAll([.. instances], instance => MeanOf(instance.Key));
        var total = means.Sum();
        var sum = 0.0;
        return Array.ConvertAll(means, mean => sum += total - mean);
    }

    private double MeanOf(string key)
    {
        var (calls, microseconds) = figuresOf(key);
        var now = time.GetTimestamp();
        if (!times.TryGetValue(key, out var before))
        {
            // What was before this balancer counts as its first measure.
            times[key] = new ResponseTime(calls, microseconds, calls > 0 ? (double)microseconds / calls : 0, now);
            return times[key].Mean;
        }

        var kept = Math.Exp(-time.GetElapsedTime(before.At, now) / Memory);
        var more = calls - before.Calls;
        var mean = more <= 0
            // Nobody calls one that was slow: it is forgotten, so that it is tried again.
            ? before.Mean * kept
            : Blend(before.Mean, (double)(microseconds - before.Microseconds) / more, kept);
        times[key] = new ResponseTime(calls, microseconds, mean, now);
        return mean;
    }

    private static double Blend(double before, double latest, double kept) => before <= 0 ? latest : (before * kept) + (latest * (1 - kept));

    private sealed record ResponseTime(long Calls, long Microseconds, double Mean, long At);

    private sealed record Weights(ServiceInstances Service, long MadeAt, double[] UpTo);
}
