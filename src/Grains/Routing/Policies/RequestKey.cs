namespace Gatehouse.Grains.Routing.Policies;

/// <summary>What of a request tells which requests belong together, so that they go the same way.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.request-key")]
public sealed record RequestKey
{
    /// <summary>Where the key is found. A request without it goes by its client's address.</summary>
    [Id(0)] public RequestKeyKind By { get; init; }

    /// <summary>The header's or the cookie's name; empty for the others.</summary>
    [Id(1)] public string Name { get; init; } = "";
}

/// <summary>Where the key of a request is found.</summary>
[GenerateSerializer, Alias("gatehouse.routing.request-key-kind")]
public enum RequestKeyKind
{
    /// <summary>The client's address; of IPv6 its network of 64 bits.</summary>
    Address = 0,

    /// <summary>The user, or the client that acts for itself, of the verified credentials.</summary>
    Consumer = 1,

    /// <summary>The client that the token was issued to.</summary>
    Client = 2,

    /// <summary>A request header's value.</summary>
    Header = 3,

    /// <summary>A cookie's value.</summary>
    Cookie = 4,
}

/// <summary>The rules of <see cref="RequestKey"/>.</summary>
internal static class RequestKeyRules
{
    public static void Check(RequestKey key, string path, RouteErrors errors)
    {
        errors.Require(Enum.IsDefined(key.By), path, "must be address, consumer, client, header:NAME or cookie:NAME");
        errors.Require(
            key.By is RequestKeyKind.Header or RequestKeyKind.Cookie ? Syntax.IsToken(key.Name) : key.Name.Length == 0,
            path,
            "must name a header or a cookie after 'header:' or 'cookie:'");
    }
}
