namespace Gatehouse.Api.Hosting;

/// <summary>
/// What the front door itself serves on the public listener, ahead of its routes: few paths, told apart by comparing
/// them, so that a request for a route pays next to nothing.
/// </summary>
internal static class PublicSurface
{
    // What WebApplication keeps its endpoints under, those of the management listener.
    private const string GlobalEndpoints = "__GlobalEndpointRouteBuilder";

    private static readonly PathString[] Prefixes = ["/connect", "/account"];

    private static readonly PathString[] Documents =
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks",
    ];

    /// <summary>Serves the public capabilities' endpoints, and nothing of the management listener's.</summary>
    public static void UsePublicSurface(this IApplicationBuilder app) => app.MapWhen(static context => Owns(context.Request.Path), surface =>
    {
        // Routing must find the endpoints of this surface alone.
        surface.Properties.Remove(GlobalEndpoints);
        surface.UseMiddleware<ProblemResponses>();
        surface.UseRouting();
        surface.UsePublicCapabilities();
        surface.UseEndpoints(endpoints => endpoints.MapPublicCapabilities());
    });

    /// <summary>Whether the path is the front door's own.</summary>
    public static bool Owns(PathString path) => path.Value is { Length: > 1 } text && text[1] is ('c' or 'a' or '.') && IsListed(path);

    // Apart, as what a lambda captures is allocated as soon as the method is called.
    private static bool IsListed(PathString path) =>
        Array.Exists(Documents, document => path.Equals(document, StringComparison.Ordinal))
        || Array.Exists(Prefixes, prefix => path.StartsWithSegments(prefix, StringComparison.Ordinal));
}
