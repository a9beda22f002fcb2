using System.Globalization;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>What somebody wants to know of the traffic.</summary>
/// <param name="Window">Over which window.</param>
/// <param name="Kinds">By what.</param>
/// <param name="Name">Of which name alone, or null for all.</param>
/// <param name="Limit">How many names of a kind at most, those with the most calls.</param>
internal sealed record TrafficQuery(TrafficWindow Window, IReadOnlyList<SeriesKind> Kinds, string? Name, int Limit)
{
    private const int MaxLimit = 4000;
    private const int DefaultLimit = 100;

    private static readonly string[] Windows = ["1m", "1h", "24h"];
    private static readonly string[] KindNames = ["route", "service", "instance", "consumer"];

    /// <summary>The window as the API names it.</summary>
    public string WindowName => Windows[(int)Window];

    /// <summary>Reads a query, or says which parameter is wrong.</summary>
    public static Problem? TryRead(IQueryCollection query, out TrafficQuery read)
    {
        read = new TrafficQuery(TrafficWindow.Minute, Enum.GetValues<SeriesKind>(), null, DefaultLimit);
        var errors = new Dictionary<string, string[]>();
        foreach (var name in query.Keys)
        {
            if (query[name] is not [{ } value])
            {
                errors[name] = ["must be given once"];
                continue;
            }

            if (read.With(name, value, out var error) is { } next)
            {
                read = next;
            }
            else
            {
                errors[name] = [error];
            }
        }

        return errors.Count == 0
            ? null
            : new Problem(StatusCodes.Status400BadRequest, "bad-request", "The request is malformed", "A query parameter is wrong.") { Errors = errors };
    }

    private TrafficQuery? With(string name, string value, out string error)
    {
        switch (name)
        {
            case "window":
                error = "must be 1m, 1h or 24h";
                var window = Array.IndexOf(Windows, value);
                return window < 0 ? null : this with { Window = (TrafficWindow)window };
            case "by":
                error = "must be of route, service, instance, consumer, separated by commas";
                var kinds = value.Split(',').Select(kind => Array.IndexOf(KindNames, kind)).ToArray();
                return Array.Exists(kinds, kind => kind < 0) ? null : this with { Kinds = [.. kinds.Select(kind => (SeriesKind)kind).Distinct()] };
            case "name":
                error = "must not be empty";
                return value.Length == 0 ? null : this with { Name = value };
            case "limit":
                error = $"must be from 1 to {MaxLimit}";
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
                    ? this with { Limit = limit }
                    : null;
            default:
                error = "is not known; there are window, by, name and limit";
                return null;
        }
    }
}
