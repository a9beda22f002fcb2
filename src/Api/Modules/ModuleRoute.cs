using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Modules;

/// <summary>The route that a module has without any being put.</summary>
public static class ModuleRoute
{
    /// <summary>The document, to be changed by <c>with</c>.</summary>
    public static RouteDocument For(IServiceModule module) => new()
    {
        Id = $"module:{module.Name}",
        Match = new RouteMatch { Path = $"/{module.Name}/{{**rest}}" },
        To = new RouteTarget { Service = module.Name },
        Rewrite = new RouteRewrite { RemovePrefix = $"/{module.Name}" },
        // The module's endpoints know who may do what.
        Auth = RouteAuth.IfPresented,
    };
}
