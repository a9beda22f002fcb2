using System.Globalization;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>
/// <c>Gatehouse-Timeout</c>: the milliseconds that the front door waits for a service's response to begin. A span, as
/// clocks differ.
/// </summary>
internal static class GatewayTimeout
{
    /// <summary>The header's name.</summary>
    public const string Header = HeaderRules.OwnPrefix + "Timeout";

    /// <summary>The value for a time, at least 1.</summary>
    public static string Format(TimeSpan time) =>
        Math.Max(1, (long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
