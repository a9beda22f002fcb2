using System.Collections.Immutable;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// Gives an instance that has come up less than its share by another rule: a tenth at first, all of it when its time is over.
/// What it does not get goes to those that have been up for longer. When all have just come up there is nobody else.
/// </summary>
/// <param name="rule">The rule, among all.</param>
/// <param name="ruleOfGrown">The same rule, among those that have been up for longer.</param>
/// <param name="span">How long an instance has just come up.</param>
/// <param name="time">The cluster's time of day, as in <c>UpSince</c>.</param>
/// <param name="random">Draws the lots.</param>
internal sealed class SlowStart(IBalancer rule, IBalancer ruleOfGrown, TimeSpan span, TimeProvider time, Random random) : IBalancer
{
    /// <summary>The part of its share that an instance gets at first.</summary>
    public const double Least = 0.1;

    private volatile Ages? ages;

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var current = ages;
        if (current is null || !ReferenceEquals(current.Service, service) || current.IsOver(time))
        {
            ages = current = Ages.Of(service, span, time);
        }

        var picked = rule.Pick(service, call);
        return picked is null || current.Grown is not { } grown || random.NextDouble() < PartOf(picked)
            ? picked
            : ruleOfGrown.Pick(grown, call) ?? picked;
    }

    private double PartOf(RoutableInstance instance) =>
        instance.Instance.UpSince is { } since ? Math.Max(Least, (time.GetUtcNow() - since) / span) : 1;

    /// <param name="Service">The instances that it was worked out from.</param>
    /// <param name="Grown">Those that have been up for longer; null when that is all or none.</param>
    /// <param name="Until">When the next of the others has been up for long.</param>
    private sealed record Ages(ServiceInstances Service, ServiceInstances? Grown, DateTimeOffset Until)
    {
        public static Ages Of(ServiceInstances service, TimeSpan span, TimeProvider time)
        {
            var since = time.GetUtcNow() - span;
            ImmutableArray<RoutableInstance> young = [.. service.Routable.Where(instance => instance.Instance.UpSince > since)];
            var grown = service.Routable.RemoveRange(young);
            if (young.IsEmpty)
            {
                return new Ages(service, null, DateTimeOffset.MaxValue);
            }

            var until = young.Min(instance => instance.Instance.UpSince!.Value) + span;
            return new Ages(service, grown.IsEmpty ? null : service with { Routable = grown }, until);
        }

        public bool IsOver(TimeProvider time) => Until < DateTimeOffset.MaxValue && time.GetUtcNow() >= Until;
    }
}
