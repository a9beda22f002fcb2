using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>The keys that revocations go by; a token bears several of them.</summary>
public static class RevocationKey
{
    /// <summary>How many shards there are: each is a grain and a view, so that their writes go side by side.</summary>
    public const int Shards = 16;

    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    /// <summary>Everything of one session.</summary>
    public static string Session(string sid) => "s:" + sid;

    /// <summary>One token.</summary>
    public static string Token(string jti) => "t:" + jti;

    /// <summary>Every token of a user issued until now.</summary>
    public static string User(string sub) => "u:" + sub;

    /// <summary>Every token of a client issued until now.</summary>
    public static string Client(string id) => "c:" + id;

    /// <summary>Every token that a client has got on behalf of a user until now.</summary>
    public static string Grant(string sub, string client) => $"g:{sub}|{client}";

    /// <summary>One API key.</summary>
    public static string ApiKey(string id) => "k:" + id;

    /// <summary>A session's cookie, by the hash of its handle, that was replaced by another.</summary>
    public static string Handle(ImmutableArray<byte> hash) => "h:" + Convert.ToBase64String(hash.AsSpan());

    /// <summary>Whether what is issued after the revocation is good again: users, clients and grants come back, sessions do not.</summary>
    public static bool SparesLater(string key) => key is ['u' or 'c' or 'g', ':', ..];

    /// <summary>The shard of a key: the same in every process and version (FNV-1a, which needs no seed).</summary>
    public static int ShardOf(string key)
    {
        var hash = FnvOffset;
        foreach (var character in key)
        {
            hash = (hash ^ character) * FnvPrime;
        }

        return (int)((hash ^ (hash >> 16)) % Shards);
    }
}
