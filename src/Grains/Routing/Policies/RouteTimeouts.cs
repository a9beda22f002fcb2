namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// How long a route's requests may take until the response begins; counted from when the request is sent whole, so that
/// an upload may take as long as it goes on.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.timeouts")]
public sealed record RouteTimeouts
{
    /// <summary>All attempts together, with what is waited between them; null for 30 s, or what one attempt has if that is longer.</summary>
    [Id(0)] public TimeSpan? Total { get; init; }

    /// <summary>One attempt; null for 10 s, or the total if that is shorter.</summary>
    [Id(1)] public TimeSpan? PerTry { get; init; }
}

/// <summary>The rules of <see cref="RouteTimeouts"/> and <see cref="RouteDocument.Timeout"/>, which is short for one of them.</summary>
internal static class TimeoutRules
{
    private const string Range = "must be from 1ms to 1h";

    public static void Check(RouteDocument document, RouteErrors errors)
    {
        errors.Require(IsInRange(document.Timeout), "timeout", Range);
        if (document.Timeouts is not { } timeouts)
        {
            return;
        }

        errors.Require(document.Timeout == RouteDocument.DefaultTimeout, "timeout", "is short for timeouts.perTry: have one of 'timeout' and 'timeouts'");
        errors.Require(timeouts.Total is null || IsInRange(timeouts.Total.Value), "timeouts.total", Range);
        errors.Require(timeouts.PerTry is null || IsInRange(timeouts.PerTry.Value), "timeouts.perTry", Range);
        errors.Require(!(timeouts.PerTry > timeouts.Total), "timeouts.perTry", "must not be longer than 'total'");
        errors.Require(timeouts.Total is not null || timeouts.PerTry is not null, "timeouts", "must have 'total' or 'perTry'");
    }

    private static bool IsInRange(TimeSpan time) => time >= RouteValidation.MinTimeout && time <= RouteValidation.MaxTimeout;
}
