using Gatehouse.Api.Admin.Audit;
using Gatehouse.Api.Admin.Health;
using Gatehouse.Api.Auth;
using Gatehouse.Api.Auth.ApiKeys;
using Gatehouse.Api.Auth.Logout;
using Gatehouse.Api.Auth.Management;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Auth.Server;
using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Affinity;
using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Gateway.Health;
using Gatehouse.Api.Gateway.Limits;
using Gatehouse.Api.Lending;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Telemetry.Hystrix;
using Gatehouse.Api.Traffic;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Hosting;

/// <summary>The capabilities of the front door, put together in one place.</summary>
internal static class Capabilities
{
    /// <summary>Adds what the capabilities are made of.</summary>
    public static void AddCapabilities(this IServiceCollection services)
    {
        services.AddHealth();
        services.AddAudit();
        services.AddApiKeys();
        services.AddManagementAuth();
        services.AddViews();
        services.AddRegistry();
        services.AddRoutes();
        services.AddGateway();
        services.AddAffinityKey();
        services.AddHealthProbes();
        services.AddClusterTraffic();
        services.AddSessions();
        services.AddSigningKeys();
        services.AddClients();
        services.AddAuthServer();
        services.AddBackChannelLogout();
        services.AddUsers();
        services.AddModules();
        services.AddServiceModule<LendingModule>();
    }

    /// <summary>Maps their endpoints on the management listener.</summary>
    public static void MapCapabilities(this IEndpointRouteBuilder management)
    {
        management.MapHealth();
        management.MapAudit();
        management.MapApiKeys();
        management.MapRevocations();
        management.MapRegistry();
        management.MapEureka();
        management.MapRouting();
        management.MapCircuits();
        management.MapQuotas();
        management.MapClients();
        management.MapSigningKeys();
        management.MapCache();
        management.MapSessionAttributes();
        management.MapLogouts();
        management.MapTraffic();
        management.MapHystrix();
        management.MapUsers();
    }

    /// <summary>Adds what their endpoints on the public listener need before them, such as authentication.</summary>
    public static void UsePublicCapabilities(this IApplicationBuilder surface)
    {
        surface.UseMiddleware<FormIntake>();
        surface.UseAuthServer();
    }

    /// <summary>Maps their endpoints on the public listener: see <see cref="PublicSurface"/>.</summary>
    public static void MapPublicCapabilities(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAuthServer();
        endpoints.MapAccount();
    }

    /// <summary>Answers the public listener's requests.</summary>
    public static void UsePublic(this IApplicationBuilder app)
    {
        app.UsePublicSurface();
        app.MapModules();
        app.UseGateway();
    }
}
