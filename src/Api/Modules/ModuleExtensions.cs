using System.Text.RegularExpressions;
using Gatehouse.Api.Hosting;

namespace Gatehouse.Api.Modules;

/// <summary>Puts service modules into the front door.</summary>
public static partial class ModuleExtensions
{
    // What WebApplication keeps its endpoints under, those of the management listener.
    private const string GlobalEndpoints = "__GlobalEndpointRouteBuilder";

    /// <summary>Adds a service module.</summary>
    /// <typeparam name="TModule">The module.</typeparam>
    /// <exception cref="ArgumentException">Its name is not one.</exception>
    public static IServiceCollection AddServiceModule<TModule>(this IServiceCollection services) where TModule : class, IServiceModule, new()
    {
        var module = new TModule();
        if (!NamePattern().IsMatch(module.Name))
        {
            throw new ArgumentException($"'{module.Name}' is not a module's name: lower-case letters, digits and '-', at most 40.");
        }

        module.AddServices(services);
        return services.AddSingleton<IServiceModule>(module);
    }

    /// <summary>Adds what keeps the modules in the registry.</summary>
    internal static void AddModules(this IServiceCollection services) => services.AddHostedService<ModuleRegistration>();

    /// <summary>Maps the modules' endpoints. Only the gateway reaches them, after a route's policies.</summary>
    internal static void MapModules(this IApplicationBuilder app)
    {
        var upstreams = app.ApplicationServices.GetRequiredService<ModuleUpstreams>();
        foreach (var module in app.ApplicationServices.GetServices<IServiceModule>())
        {
            var branch = app.New();
            // Routing must find the endpoints of this module alone.
            branch.Properties.Remove(GlobalEndpoints);
            branch.UseMiddleware<ProblemResponses>();
            branch.UseRouting();
            branch.UseEndpoints(endpoints => module.MapEndpoints(
                endpoints.MapGroup($"/{module.Name}").WithTags(module.Name).WithMetadata(new ModuleMetadata(module))));
            upstreams.Add(module, branch.Build());
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
