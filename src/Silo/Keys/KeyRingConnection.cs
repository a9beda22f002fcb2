using StackExchange.Redis;

namespace Gatehouse.Silo.Keys;

/// <summary>The connection that the key ring is read by: at the start, and then once a day.</summary>
internal sealed class KeyRingConnection(ConfigurationOptions options) : IDisposable
{
    private readonly Lazy<ConnectionMultiplexer> redis = new(() => ConnectionMultiplexer.Connect(options));

    public IDatabase Database => redis.Value.GetDatabase();

    public void Dispose()
    {
        if (redis.IsValueCreated)
        {
            redis.Value.Dispose();
        }
    }
}
