using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Revocations;

namespace Gatehouse.Api.Auth.Revocations;

/// <summary>
/// Whether a token is revoked: from memory while the leases of its shards hold. Without a lease the owning grains are
/// asked; when they do not answer either, nobody can say, and the token is not accepted.
/// </summary>
/// <param name="replicas">The shards' replicas, by shard.</param>
/// <param name="grains">Where the shards' grains are found.</param>
/// <param name="logger">The log.</param>
internal sealed partial class RevocationCheck(
    ImmutableArray<IReplica<RevocationList>> replicas, IGrainFactory grains, ILogger<RevocationCheck> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Decides for one request.</summary>
    /// <param name="marks">The keys that the token bears.</param>
    /// <param name="issuedAt">When the token was issued, in seconds since 1970.</param>
    /// <param name="cancellation">The request is given up.</param>
    public ValueTask<RevocationVerdict> Check(ImmutableArray<RevocationMark> marks, long issuedAt, CancellationToken cancellation)
    {
        foreach (var mark in marks)
        {
            var replica = replicas[mark.Shard];

            // The lease first: what had been revoked by then is in any list read later.
            if (replica.State != LeaseState.Leased)
            {
                return CheckWithoutLease(marks, issuedAt, cancellation);
            }

            if (replica.Current.Covers(mark.Key, issuedAt))
            {
                return new(RevocationVerdict.Revoked);
            }
        }

        return new(RevocationVerdict.Good);
    }

    private async ValueTask<RevocationVerdict> CheckWithoutLease(
        ImmutableArray<RevocationMark> marks, long issuedAt, CancellationToken cancellation)
    {
        foreach (var mark in marks)
        {
            var replica = replicas[mark.Shard];

            // A process that was suspended has its lease again within a round trip.
            await replica.Read(cancellation);
            var leased = replica.State == LeaseState.Leased;
            if (replica.Current.Covers(mark.Key, issuedAt))
            {
                return RevocationVerdict.Revoked;
            }

            if (!leased && await Ask(mark, issuedAt, cancellation) is var verdict && verdict != RevocationVerdict.Good)
            {
                return verdict;
            }
        }

        return RevocationVerdict.Good;
    }

    private async Task<RevocationVerdict> Ask(RevocationMark mark, long issuedAt, CancellationToken cancellation)
    {
        try
        {
            var found = await grains.Revocations(mark.Key).Find([mark.Key]).WaitAsync(Patience, cancellation);
            return found.TryGetValue(mark.Key, out var revocation) && revocation.Covers(mark.Key, issuedAt)
                ? RevocationVerdict.Revoked
                : RevocationVerdict.Good;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Log.NoAnswer(logger, mark.Shard, e);
            return RevocationVerdict.Unknown;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "RevocationsUnknown", Level = LogLevel.Warning, Message = "Revocations {Shard}: no lease and no answer; tokens are refused")]
        public static partial void NoAnswer(ILogger logger, int shard, Exception exception);
    }
}

/// <summary>What is known of a token's revocation.</summary>
internal enum RevocationVerdict
{
    /// <summary>It is not revoked.</summary>
    Good = 0,

    /// <summary>It is revoked.</summary>
    Revoked,

    /// <summary>Nobody answers; it must not be accepted.</summary>
    Unknown,
}
