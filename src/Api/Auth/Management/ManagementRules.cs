using Gatehouse.Api.Hosting;

namespace Gatehouse.Api.Auth.Management;

/// <summary>What a management request takes. Whatever is not named here as less takes the most.</summary>
internal static class ManagementRules
{
    private static readonly PathString Admin = "/admin";
    private static readonly PathString Health = "/health";
    private static readonly PathString Routes = "/admin/v1/routes";
    private static readonly PathString Circuits = "/admin/v1/circuits";

    // Sessions' attributes are guarded by the identity that names the session.
    private static readonly PathString Sessions = "/sessions/v1";

    /// <summary>The scope that the request takes.</summary>
    public static ManagementScope Needed(HttpRequest request)
    {
        var path = request.Path;
        if (path.StartsWithSegments(Health, StringComparison.Ordinal))
        {
            return ManagementScope.None;
        }

        if (IsRoutes(path) || path.StartsWithSegments(Circuits, StringComparison.OrdinalIgnoreCase) || !path.StartsWithSegments(Admin, StringComparison.OrdinalIgnoreCase))
        {
            return request.IsSafe() || path.StartsWithSegments(Sessions, StringComparison.OrdinalIgnoreCase)
                ? ManagementScope.Read
                : ManagementScope.Operate;
        }

        return ManagementScope.Admin;
    }

    /// <summary>Whether the request changes something that somebody decided, and not what services say of themselves.</summary>
    public static bool IsChange(HttpRequest request) =>
        !request.IsSafe()
        && (request.Path.StartsWithSegments(Admin, StringComparison.OrdinalIgnoreCase)
            || request.Path.Value?.EndsWith("/status", StringComparison.OrdinalIgnoreCase) == true);

    // "/admin/v1/routes:validate" is of the routes too.
    private static bool IsRoutes(PathString path) =>
        path.Value is { } text
        && text.StartsWith(Routes.Value!, StringComparison.OrdinalIgnoreCase)
        && (text.Length == Routes.Value!.Length || text[Routes.Value.Length] is '/' or ':');
}
