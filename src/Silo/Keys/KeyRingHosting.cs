using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using StackExchange.Redis;

namespace Gatehouse.Silo.Keys;

/// <summary>
/// ASP.NET Data Protection with its key ring in the store: what one process protects, every process of the cluster can open.
/// </summary>
internal static class KeyRingHosting
{
    /// <summary>Adds data protection. To be added after the store is, which it reads at the start.</summary>
    public static void AddKeyRing<TStore>(this IServiceCollection services, SiloOptions options, Func<TStore, ConfigurationOptions> connection)
        where TStore : class
    {
        services.AddSingleton(provider => new KeyRingConnection(connection(provider.GetRequiredService<TStore>())));
        services.AddSingleton<SigningKeyProtector>();
        services.AddDataProtection().SetApplicationName(options.ServiceId);
        services.AddOptions<KeyManagementOptions>().Configure<KeyRingConnection>((keys, store) =>
            keys.XmlRepository = new RedisXmlRepository(
                () => store.Database, $"{options.ServiceId}/data-protection"));
    }
}
