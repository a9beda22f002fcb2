using Gatehouse.Grains.Identity.Revocations;

namespace Gatehouse.Grains.Tests.Identity.Revocations;

public sealed class RevocationKeyTests
{
    [Theory]
    [InlineData("s:", 9)]
    [InlineData("t:6f9619ff-8b86-d011-b42d-00c04fc964ff", 11)]
    [InlineData("u:märz", 15)]
    public void ShardOf_is_the_same_in_every_process_and_version(string key, int shard) => RevocationKey.ShardOf(key).ShouldBe(shard);

    [Fact]
    public void ShardOf_spreads_keys_evenly()
    {
        var counts = Enumerable.Range(0, 16_000).CountBy(i => RevocationKey.ShardOf(RevocationKey.Session($"session-{i}")));

        counts.Count().ShouldBe(RevocationKey.Shards);
        counts.ShouldAllBe(count => count.Value > 700 && count.Value < 1300);
    }

    [Fact]
    public void Keys_of_different_kinds_never_meet()
    {
        string[] keys = [RevocationKey.Session("x"), RevocationKey.Token("x"), RevocationKey.User("x"), RevocationKey.Client("x"), RevocationKey.Grant("x", "x"), RevocationKey.ApiKey("x")];

        keys.Distinct().Count().ShouldBe(keys.Length);
    }

    [Fact]
    public void Covers_spares_what_a_user_or_client_got_after_the_revocation()
    {
        var revocation = new Revocation(At: 1000, Until: 2000);

        revocation.Covers(RevocationKey.User("u"), 1000).ShouldBeTrue();
        revocation.Covers(RevocationKey.User("u"), 1006).ShouldBeFalse();
        revocation.Covers(RevocationKey.Client("c"), 1006).ShouldBeFalse();
        // A session or a token that has ended never comes back.
        revocation.Covers(RevocationKey.Session("s"), 1006).ShouldBeTrue();
        revocation.Covers(RevocationKey.Token("t"), 1006).ShouldBeTrue();
    }
}
