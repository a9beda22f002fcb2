using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>What cells of one limit have in common; known by reference.</summary>
/// <param name="key">The beginning of their keys.</param>
/// <param name="rule">What is enforced.</param>
internal sealed class LimitScope(string key, LimitRule rule)
{
    private const int LongestSubject = 128;

    public LimitRule Rule => rule;

    /// <summary>
    /// The scope of a name and a rule. A changed rule is another limit, except for a quota, whose use goes on counting.
    /// </summary>
    public static LimitScope Of(string name, LimitRule rule) => new(
        rule.Algorithm == LimitAlgorithm.Quota
            ? $"{name}/{rule.Period}/"
            : string.Create(CultureInfo.InvariantCulture, $"{name}/{rule.Algorithm}-{rule.Permits}-{rule.Per.Ticks}-{rule.Burst}/"),
        rule);

    /// <summary>The name of a route's limit in the cluster: routes that share it have the same.</summary>
    public static string NameOf(string route, RouteLimit limit)
    {
        var owner = limit.Shared.Length > 0 ? $"shared/{limit.Shared}" : $"route/{route}";
        return $"{owner}/{limit.By}{(limit.By == LimitSubject.Header ? $":{limit.Header.ToLowerInvariant()}" : "")}";
    }

    /// <summary>The key of one subject; long ones by their digest.</summary>
    public string KeyOf(string subject) =>
        key + (subject.Length <= LongestSubject ? subject : "sha256:" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(subject))));

    /// <summary>A number by which keys are spread, the same in every process (FNV-1a).</summary>
    public static int Hash(string key)
    {
        var hash = 2166136261u;
        foreach (var c in key)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 15)) & int.MaxValue);
    }
}
