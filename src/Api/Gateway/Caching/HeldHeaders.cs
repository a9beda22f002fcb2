using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>
/// Response headers that stages before have set, which are of this request and not of the response: taken off while the
/// service answers, and put back before anything is sent.
/// </summary>
internal sealed class HeldHeaders
{
    private readonly KeyValuePair<string, StringValues>[] held;

    private HeldHeaders(KeyValuePair<string, StringValues>[] held) => this.held = held;

    public static HeldHeaders Take(IHeaderDictionary headers)
    {
        var taken = headers.Count == 0 ? [] : headers.ToArray();
        headers.Clear();
        return new HeldHeaders(taken);
    }

    public void PutBack(IHeaderDictionary headers)
    {
        foreach (var (name, value) in held)
        {
            headers[name] = headers.TryGetValue(name, out var present) ? StringValues.Concat(value, present) : value;
        }
    }
}
