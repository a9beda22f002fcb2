using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>The balancing rules as documents write them.</summary>
internal static class BalanceNames
{
    private static readonly ImmutableArray<BalanceRule> Rules = [.. Enum.GetValues<BalanceRule>()];

    public static ImmutableArray<string> All { get; } = [.. Rules.Select(Of)];

    public static string Of(BalanceRule rule) => JsonNamingPolicy.KebabCaseLower.ConvertName(rule.ToString());

    public static BalanceRule? Parse(string text)
    {
        var index = All.IndexOf(text);
        return index < 0 ? null : Rules[index];
    }
}
