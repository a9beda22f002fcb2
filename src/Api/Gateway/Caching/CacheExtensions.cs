using Gatehouse.Api.Views;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>Puts the response cache into the gateway.</summary>
internal static class CacheExtensions
{
    /// <summary>Adds what the cache needs, besides the replica of its view; the stage is added in its place among the others.</summary>
    public static void AddResponseCache(this IServiceCollection services)
    {
        services.AddOptions<CacheOptions>().BindConfiguration(CacheOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IViewProjection<CacheInvalidations>, CacheInvalidations.Projection>();
        services.AddSingleton<ResponseStore>();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<CacheRefresh>();
    }
}
