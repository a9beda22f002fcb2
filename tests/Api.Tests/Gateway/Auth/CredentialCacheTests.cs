using System.Collections.Concurrent;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Gateway.Auth;

namespace Gatehouse.Api.Tests.Gateway.Auth;

public sealed class CredentialCacheTests
{
    private readonly CredentialCache cache = new(capacity: 100);

    [Fact]
    public void TryGet_finds_what_was_added()
    {
        var (hash, credential) = Entry("a");
        cache.Add(hash, credential);

        cache.TryGet(hash, out var found).ShouldBeTrue();

        found.ShouldBeSameAs(credential);
        cache.TryGet(Entry("b").Hash, out _).ShouldBeFalse();
    }

    [Fact]
    public void Add_never_keeps_more_than_its_capacity()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var (hash, credential) = Entry($"{i}");
            cache.Add(hash, credential);
            cache.Count.ShouldBeLessThanOrEqualTo(100);
        }
    }

    [Fact]
    public void What_is_in_use_stays()
    {
        var (used, credential) = Entry("used");
        cache.Add(used, credential);
        for (var i = 0; i < 1000; i++)
        {
            var (hash, other) = Entry($"{i}");
            cache.Add(hash, other);
            cache.TryGet(used, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void Remove_forgets()
    {
        var (hash, credential) = Entry("a");
        cache.Add(hash, credential);

        cache.Remove(hash);

        cache.TryGet(hash, out _).ShouldBeFalse();
    }

    [Fact]
    public void Threads_side_by_side_keep_the_bound_and_get_only_their_own()
    {
        var wrong = new ConcurrentBag<string>();
        Parallel.For(0, 20_000, i =>
        {
            var (hash, credential) = Entry($"{i % 300}");
            cache.Add(hash, credential);
            if (cache.TryGet(hash, out var found) && found.Caller.Subject != $"{i % 300}")
            {
                wrong.Add(found.Caller.Subject);
            }
        });

        wrong.ShouldBeEmpty();
        // Each thread may add one more while the generations change.
        cache.Count.ShouldBeLessThanOrEqualTo(100 + (2 * Environment.ProcessorCount));
    }

    [Fact]
    public void Hashes_of_different_kinds_of_credentials_differ()
    {
        Hash(CredentialKind.Bearer, "same").Equals(Hash(CredentialKind.Session, "same")).ShouldBeFalse();
        Hash(CredentialKind.Bearer, "same").Equals(Hash(CredentialKind.Bearer, "same")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(8192, true)]
    [InlineData(8193, false)]
    public void Hashes_are_made_of_what_is_not_too_long(int length, bool possible) =>
        CredentialHash.TryCompute(CredentialKind.Bearer, new string('a', length), out _).ShouldBe(possible);

    [Fact]
    public void Hashes_are_made_of_ascii_only() => CredentialHash.TryCompute(CredentialKind.Bearer, "tokén", out _).ShouldBeFalse();

    private static (CredentialHash Hash, VerifiedCredential Credential) Entry(string subject) =>
        (Hash(CredentialKind.Bearer, subject), new Fixed(new Caller { Subject = subject, Kind = CredentialKind.Bearer }));

    private static CredentialHash Hash(CredentialKind kind, string text)
    {
        CredentialHash.TryCompute(kind, text, out var hash).ShouldBeTrue();
        return hash;
    }

    private sealed class Fixed(Caller caller) : VerifiedCredential(caller, long.MaxValue, 0, [])
    {
        public override ValueTask<RevocationVerdict> Stands(CancellationToken cancellation) => new(RevocationVerdict.Good);
    }
}
