using System.Collections.Immutable;
using Gatehouse.Api.Auth;
using Gatehouse.Api.Auth.ApiKeys;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Tests.Auth.Revocations;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Identity.Revocations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>The keys and revocations of a front door without a cluster, and tokens as its cluster would issue them.</summary>
internal sealed class FakeIdentity
{
    private readonly ImmutableArray<FakeReplica<RevocationList>> shards =
        [.. Enumerable.Range(0, RevocationKey.Shards).Select(_ => new FakeReplica<RevocationList>(RevocationList.Empty))];

    public FakeIdentity()
    {
        Keys = new FakeReplica<SigningKeyRing>(Ring(Es, Rs));
        Revocations = new RevocationCheck([.. shards], NoGrains.Create(), NullLogger<RevocationCheck>.Instance);
    }

    public const string Issuer = "https://auth.example/";

    public static TestKey Es { get; } = new("es-1", SigningAlgorithm.Es256);

    public static TestKey Rs { get; } = new("rs-1", SigningAlgorithm.Rs256);

    public FakeReplica<SigningKeyRing> Keys { get; }

    public FakeReplica<ApiKeyDirectory> ApiKeys { get; } = new(ApiKeyDirectory.Empty);

    public RevocationCheck Revocations { get; }

    public static SigningKeyRing Ring(params IEnumerable<TestKey> keys) =>
        new([.. keys.Select(key => new RingKey(key.Id, key.Algorithm, SigningKeyStatus.Active, key.Public, key.Signing))]);

    /// <summary>The leases of all revocation shards.</summary>
    public void SetLeases(LeaseState state)
    {
        foreach (var shard in shards)
        {
            shard.State = state;
        }
    }

    public void Revoke(string key)
    {
        var shard = shards[RevocationKey.ShardOf(key)];
        shard.Current = new RevocationList(shard.Current.Entries.SetItem(key, new Revocation(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1, long.MaxValue)));
    }

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IReplica<SigningKeyRing>>(Keys);
        services.AddSingleton<IReplica<ApiKeyDirectory>>(ApiKeys);
        services.AddSingleton(Revocations);
        services.AddSingleton(NoGrains.Create());
        services.AddSingleton(provider => new TokenIssuer(provider.GetRequiredService<IOptions<AuthOptions>>(), () => new Uri(Issuer)));
    }
}
