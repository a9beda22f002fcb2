using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>The words of <c>limit</c> as documents write them.</summary>
internal static class LimitNames
{
    public const string HeaderPrefix = "header:";

    public static ImmutableArray<string> Algorithms { get; } = ["token-bucket", "sliding-window", "concurrent"];

    public static ImmutableArray<string> Periods { get; } = ["hour", "day", "month"];

    public static ImmutableArray<string> Subjects { get; } = ["consumer", "client", "address", HeaderPrefix + "NAME", "route"];

    public static LimitAlgorithm? Algorithm(string text) =>
        Algorithms.IndexOf(text) is var index && index >= 0 ? (LimitAlgorithm)index : null;

    public static QuotaPeriod? Period(string text) =>
        Periods.IndexOf(text) is var index && index >= 0 ? (QuotaPeriod)(index + 1) : null;

    public static LimitSubject? Subject(string text)
    {
        if (text.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return LimitSubject.Header;
        }

        var index = Subjects.IndexOf(text);
        return index < 0 ? null : (LimitSubject)index;
    }

    public static string Of(RouteLimit limit) => limit.By == LimitSubject.Header ? HeaderPrefix + limit.Header : Subjects[(int)limit.By];

    public static string Of(LimitAlgorithm algorithm) => Algorithms[(int)algorithm];

    public static string Of(QuotaPeriod period) => Periods[(int)period - 1];
}
