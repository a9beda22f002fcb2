using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>What the access log tells of a route's requests, beside what it tells of every one.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.log")]
public sealed record RouteLog
{
    /// <summary>The share of requests without an error that are logged; 0 to 1. Errors always are.</summary>
    [Id(0)] public double Sample { get; init; } = 1;

    /// <summary>Whether requests' headers are logged.</summary>
    [Id(1)] public bool RequestHeaders { get; init; }

    /// <summary>Whether responses' headers are logged.</summary>
    [Id(2)] public bool ResponseHeaders { get; init; }

    /// <summary>How many bytes of a request's body at most; 0 to 65,536.</summary>
    [Id(3)] public int RequestBody { get; init; }

    /// <summary>How many bytes of a response's body at most; 0 to 65,536.</summary>
    [Id(4)] public int ResponseBody { get; init; }

    /// <summary>Headers, and fields of bodies, whose values are left out, beside those that always are.</summary>
    [Id(5)] public ImmutableArray<string> Redact { get; init; } = [];
}

/// <summary>The rules of <see cref="RouteLog"/>.</summary>
internal static class LogRules
{
    private const int MaxBody = 64 * 1024;
    private const int MaxNames = 64;
    private const int MaxName = 128;

    public static void Check(RouteLog? log, RouteErrors errors)
    {
        if (log is null)
        {
            return;
        }

        errors.Require(log.Sample is >= 0 and <= 1, "log.sample", "must be from 0 to 1");
        errors.Require(log.RequestBody is >= 0 and <= MaxBody, "log.requestBody", $"must be from 0 to {MaxBody}");
        errors.Require(log.ResponseBody is >= 0 and <= MaxBody, "log.responseBody", $"must be from 0 to {MaxBody}");
        if (errors.RequireAtMost(MaxNames, log.Redact.Length, "log.redact"))
        {
            for (var i = 0; i < log.Redact.Length; i++)
            {
                errors.Require(log.Redact[i].Length is > 0 and <= MaxName, $"log.redact[{i}]", $"must have 1 to {MaxName} characters");
            }
        }
    }
}
