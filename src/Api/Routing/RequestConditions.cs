using System.Collections.Immutable;
using Gatehouse.Grains.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Api.Routing;

/// <summary>A route's conditions on headers and the query.</summary>
internal sealed class RequestConditions(RouteMatch match)
{
    private readonly ImmutableArray<ValueMatch> headers = match.Headers;
    private readonly ImmutableArray<ValueMatch> query = match.Query;

    public int Count => headers.Length + query.Length;

    public bool Hold(HttpRequest request)
    {
        foreach (var condition in headers)
        {
            if (!HeaderHolds(condition, request.Headers))
            {
                return false;
            }
        }

        foreach (var condition in query)
        {
            if (!QueryHolds(condition, request.QueryString))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HeaderHolds(ValueMatch condition, IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(condition.Name, out var values))
        {
            return false;
        }

        foreach (var value in values)
        {
            if (Accepts(condition, value))
            {
                return true;
            }
        }

        return false;
    }

    // Reads the query in place: request.Query would build a dictionary for a request that may take another route.
    private static bool QueryHolds(ValueMatch condition, QueryString query)
    {
        foreach (var parameter in new QueryStringEnumerable(query.Value))
        {
            if (parameter.DecodeName().Span.SequenceEqual(condition.Name)
                && Accepts(condition, parameter.DecodeValue().Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Accepts(ValueMatch condition, ReadOnlySpan<char> value)
    {
        foreach (var accepted in condition.Values)
        {
            if (value.SequenceEqual(accepted))
            {
                return true;
            }
        }

        return condition.Values.IsEmpty;
    }
}
