using Gatehouse.Grains.Audit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the audit log's grains need to a silo.</summary>
public static class AuditServiceCollectionExtensions
{
    /// <summary>Binds and validates <see cref="AuditOptions"/>.</summary>
    public static IServiceCollection AddAuditGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>());
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateOnStart();
        return services;
    }
}
