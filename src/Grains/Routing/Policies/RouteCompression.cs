using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>That a route's responses are compressed for clients that accept it.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.compression")]
public sealed record RouteCompression
{
    /// <summary>Media types; empty for texts, JSON, XML, scripts, SVG and WebAssembly.</summary>
    [Id(0)] public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>Responses that say they are shorter go as they are; 0 B to 1 GiB.</summary>
    [Id(1)] public long Minimum { get; init; } = 1024;

    /// <summary>
    /// Whether responses over TLS are compressed too. A page that has both a secret and what an attacker chooses in it
    /// gives the secret away by its length (BREACH), so this is to be said.
    /// </summary>
    [Id(2)] public bool OverTls { get; init; }
}

/// <summary>The rules of <see cref="RouteCompression"/>.</summary>
internal static class CompressionRules
{
    private const int MaxTypes = 64;
    private const long MaxMinimum = 1L << 30;

    public static void Check(RouteCompression? compression, RouteErrors errors)
    {
        if (compression is null || !errors.RequireAtMost(MaxTypes, compression.Types.Length, "compression.types"))
        {
            return;
        }

        for (var i = 0; i < compression.Types.Length; i++)
        {
            errors.Require(IsType(compression.Types[i]), $"compression.types[{i}]", "must be a media type such as application/json or text/*");
        }

        errors.Require(compression.Minimum is >= 0 and <= MaxMinimum, "compression.minimum", "must be from 0 B to 1 GiB");
    }

    private static bool IsType(string text) =>
        text.Split('/') is [var type, var subtype] && Syntax.IsToken(type) && Syntax.IsToken(subtype);
}
