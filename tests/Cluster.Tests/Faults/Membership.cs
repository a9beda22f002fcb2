using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;
using StackExchange.Redis;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>The table in Redis by which silos decide who is in the cluster.</summary>
internal sealed class Membership : IAsyncDisposable
{
    private const int Active = 3;

    private static readonly RedisKey Key = "gatehouse/members/gatehouse";

    private readonly ConnectionMultiplexer redis;

    private Membership(ConnectionMultiplexer redis) => this.redis = redis;

    public static async Task<Membership> Open(RedisProcess server) =>
        new(await ConnectionMultiplexer.ConnectAsync(server.Connection));

    /// <summary>How many silos count as active.</summary>
    public async Task<int> ActiveSilos()
    {
        var count = 0;
        foreach (var entry in await redis.GetDatabase().HashGetAllAsync(Key))
        {
            if (entry.Name.ToString().Contains(':', StringComparison.Ordinal))
            {
                using var document = JsonDocument.Parse(entry.Value.ToString());
                count += document.RootElement.GetProperty("Status").GetInt32() == Active ? 1 : 0;
            }
        }

        return count;
    }

    public async ValueTask DisposeAsync() => await redis.DisposeAsync();
}
