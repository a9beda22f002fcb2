using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>The keys of requests as documents write them.</summary>
internal static class RequestKeyNames
{
    public const string Expected = "address, consumer, client, header:NAME or cookie:NAME";

    private const string Header = "header:";
    private const string Cookie = "cookie:";

    public static RequestKey? Parse(string text) => text switch
    {
        "address" => new RequestKey { By = RequestKeyKind.Address },
        "consumer" => new RequestKey { By = RequestKeyKind.Consumer },
        "client" => new RequestKey { By = RequestKeyKind.Client },
        _ when text.StartsWith(Header, StringComparison.Ordinal) => new RequestKey { By = RequestKeyKind.Header, Name = text[Header.Length..] },
        _ when text.StartsWith(Cookie, StringComparison.Ordinal) => new RequestKey { By = RequestKeyKind.Cookie, Name = text[Cookie.Length..] },
        _ => null,
    };

    public static string Of(RequestKey key) => key.By switch
    {
        RequestKeyKind.Header => Header + key.Name,
        RequestKeyKind.Cookie => Cookie + key.Name,
        RequestKeyKind.Consumer => "consumer",
        RequestKeyKind.Client => "client",
        _ => "address",
    };

    /// <summary>The key that a field names; <paramref name="missing"/> when it names none.</summary>
    public static RequestKey Read(DocumentFields fields, string name, RequestKey missing) =>
        fields.Value<(RequestKey Key, bool Read)>(name, (missing, false), text => Parse(text) is { } key ? (key, true) : null, Expected).Key;
}
