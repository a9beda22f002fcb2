using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Gatehouse.Api.Auth.Pages;

/// <summary>The pages' style sheet and script, out of the program itself, under names that change with what is in them.</summary>
internal static class PageAssets
{
    private static readonly FrozenDictionary<string, (byte[] Content, string Type, string Tag)> Files = new Dictionary<string, string>
    {
        ["pages.css"] = "text/css; charset=utf-8",
        ["passkeys.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    }.ToFrozenDictionary(file => file.Key, file => Read(file.Key, file.Value));

    /// <summary>Where a file is to be had.</summary>
    public static string Url(string name) => $"/account/assets/{name}?v={Files[name].Tag}";

    public static void Map(IEndpointRouteBuilder account) => account.MapGet("/assets/{name}", (string name, HttpContext context) =>
    {
        if (!Files.TryGetValue(name, out var file))
        {
            return TypedResults.NotFound();
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return (IResult)TypedResults.Bytes(file.Content, file.Type);
    });

    private static (byte[], string, string) Read(string name, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is missing from the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return (content, type, Convert.ToHexString(SHA256.HashData(content))[..16].ToLowerInvariant());
    }
}
