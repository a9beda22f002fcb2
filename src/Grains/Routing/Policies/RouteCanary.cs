namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// That the sides of a split keep their requests: those with the same key go to the same side, on all front doors and after
/// restarts, since the side follows from the key and the weights alone.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.canary")]
public sealed record RouteCanary
{
    /// <summary>Which requests stay together.</summary>
    [Id(0)] public RequestKey Key { get; init; } = new() { By = RequestKeyKind.Consumer };
}

/// <summary>The rules of <see cref="RouteCanary"/>.</summary>
internal static class CanaryRules
{
    public static void Check(RouteCanary? canary, RouteTarget target, RouteErrors errors)
    {
        if (canary is null)
        {
            return;
        }

        errors.Require(!target.Split.IsEmpty, "canary", "is of a 'to' with 'split' only");
        RequestKeyRules.Check(canary.Key, "canary.by", errors);
    }
}
