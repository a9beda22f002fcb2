namespace Gatehouse.Api.Auth.Management;

/// <summary>Puts the guard of the management surface into the front door.</summary>
internal static class ManagementAuthExtensions
{
    /// <summary>Adds what the guard asks.</summary>
    public static void AddManagementAuth(this IServiceCollection services)
    {
        services.AddSingleton<ManagementCallers>();
        services.AddSingleton<DenialLimit>();
    }

    /// <summary>Guards everything behind it.</summary>
    public static void UseManagementAuth(this IApplicationBuilder app) => app.UseMiddleware<ManagementGuard>();
}
