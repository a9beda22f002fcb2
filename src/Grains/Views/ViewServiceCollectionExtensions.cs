using Gatehouse.Grains.Views;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the publishers of views need.</summary>
public static class ViewServiceCollectionExtensions
{
    /// <summary>Adds it to a silo; <see cref="ViewOptions"/> are to be there.</summary>
    public static IServiceCollection AddViewGrains(this IServiceCollection services)
    {
        services.AddSingleton<ViewMetrics>();
        services.AddSingleton<DeactivationNotices>();
        return services;
    }
}
