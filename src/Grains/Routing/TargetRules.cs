namespace Gatehouse.Grains.Routing;

/// <summary>The rules of <see cref="RouteTarget"/>.</summary>
internal static class TargetRules
{
    private const int MaxSides = 16;
    private const int MaxWeight = 1000;
    private const string NameRule = "must be a service's name: 1 to 128 letters, digits, '-', '_' or '.'";

    public static void Check(RouteTarget target, RouteErrors errors)
    {
        if (target.Service is null == target.Split.IsEmpty)
        {
            errors.Add("to", "must have exactly one of 'service' and 'split'");
        }

        errors.Require(target.Service is null || Syntax.IsName(target.Service), "to.service", NameRule);
        CheckSplit(target, errors);
    }

    private static void CheckSplit(RouteTarget target, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxSides, target.Split.Length, "to.split"))
        {
            return;
        }

        for (var i = 0; i < target.Split.Length; i++)
        {
            var side = target.Split[i];
            errors.Require(Syntax.IsName(side.Service), $"to.split[{i}].service", NameRule);
            errors.Require(side.Weight is >= 0 and <= MaxWeight, $"to.split[{i}].weight", $"must be from 0 to {MaxWeight}");
        }

        errors.RequireDistinct(
            target.Split.Select(side => side.Service), StringComparer.OrdinalIgnoreCase, i => $"to.split[{i}].service");
        errors.Require(
            target.Split.IsEmpty || target.Split.Any(side => side.Weight > 0), "to.split", "must have a weight above 0");
    }
}
