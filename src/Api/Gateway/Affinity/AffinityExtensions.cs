namespace Gatehouse.Api.Gateway.Affinity;

/// <summary>Puts affinity into the front door.</summary>
internal static class AffinityExtensions
{
    /// <summary>Adds who learns the cluster's key; the stage is added in its place among the others.</summary>
    public static void AddAffinityKey(this IServiceCollection services) => services.AddHostedService<AffinityKeyAgreement>();
}
