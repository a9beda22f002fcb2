using Orleans.Persistence.Redis;
using StackExchange.Redis;

namespace Gatehouse.Silo.Store;

/// <summary>Tells failures of the store, which reach callers through grains, from errors of the program.</summary>
public static class StoreFailures
{
    /// <summary>Whether the store did not answer, or did not do what it was asked.</summary>
    public static bool Caused(Exception failure) => failure is RedisStorageException or RedisException;
}
