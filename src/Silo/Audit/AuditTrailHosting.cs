using Gatehouse.Grains.Audit;

namespace Gatehouse.Silo.Audit;

/// <summary>Puts the audit trail into a process.</summary>
internal static class AuditTrailHosting
{
    /// <summary>Adds what takes the process's events to the audit log.</summary>
    public static void AddAuditTrail(this IServiceCollection services)
    {
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
    }
}
