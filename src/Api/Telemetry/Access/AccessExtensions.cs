using Gatehouse.Api.Gateway;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Puts the access log into a host.</summary>
internal static class AccessExtensions
{
    /// <summary>Adds the access log.</summary>
    public static void AddAccessLog(this IServiceCollection services)
    {
        services.AddOptions<AccessLogOptions>().BindConfiguration(AccessLogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(AccessOutput.Console);
        services.AddSingleton<AccessWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<AccessWriter>());
        services.AddSingleton<AccessLog>();
        services.AddSingleton<IStage, CaptureStage>();
    }
}
