namespace Gatehouse.Api.Auth.Pages;

/// <summary>Puts pages into the front door.</summary>
internal static class PageExtensions
{
    /// <summary>The header by which scripts give the antiforgery token.</summary>
    public const string TokenHeader = "X-Gatehouse-CSRF";

    /// <summary>Adds what pages are rendered and protected with.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddAntiforgery(options =>
        {
            options.Cookie = new AntiforgeryCookie();
            options.HeaderName = TokenHeader;
            options.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }

    /// <summary>A group of pages: see <see cref="PageSecurity"/>.</summary>
    public static RouteGroupBuilder MapPages(this IEndpointRouteBuilder endpoints, string prefix) =>
        endpoints.MapGroup(prefix).AddEndpointFilter<RouteGroupBuilder, PageSecurity>();
}
