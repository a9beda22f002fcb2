using System.Globalization;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary><c>grpc-timeout</c>, the time that a client of gRPC gives a call: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    /// <summary>The header's name.</summary>
    public const string Header = "grpc-timeout";

    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    /// <summary>Reads a header; null when there is none, or it is not valid, which is for the service to say.</summary>
    public static TimeSpan? Read(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(Header, out var values) || values is not [{ Length: >= 2 and <= MaxDigits + 1 } text])
        {
            return null;
        }

        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(value),
            'M' => TimeSpan.FromMinutes(value),
            'S' => TimeSpan.FromSeconds(value),
            'm' => TimeSpan.FromMilliseconds(value),
            'u' => TimeSpan.FromMicroseconds(value),
            'n' => TimeSpan.FromMicroseconds(value / 1000.0),
            _ => null,
        };
    }

    /// <summary>The value for a time, at least one millisecond.</summary>
    public static string Format(TimeSpan time)
    {
        var milliseconds = Math.Max(1, (long)time.TotalMilliseconds);
        return milliseconds <= MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(MaxValue, milliseconds / 1000)}S");
    }
}
