using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Keys;

/// <summary>The rules of a signing key's life: announced → active → retired → gone.</summary>
internal sealed class KeySchedule(SigningKeyOptions options)
{
    private static readonly ImmutableArray<SigningAlgorithm> Algorithms = [.. Enum.GetValues<SigningAlgorithm>()];

    /// <summary>The algorithms that need a new key now.</summary>
    public ImmutableArray<SigningAlgorithm> Wanting(ImmutableArray<SigningKey> keys, DateTimeOffset now) =>
        [.. Algorithms.Where(algorithm => WantsKey(keys, algorithm, now))];

    /// <summary>The algorithms that a rotation makes a key for: those that have none waiting.</summary>
    public static ImmutableArray<SigningAlgorithm> Rotating(ImmutableArray<SigningKey> keys) =>
        [.. Algorithms.Where(algorithm => Find(keys, algorithm, SigningKeyStatus.Announced) is null)];

    /// <summary>The keys at a time: what was announced long enough signs, what was retired long enough is gone.</summary>
    /// <param name="keys">The keys there are.</param>
    /// <param name="minted">Keys made for those that were <see cref="Wanting"/>, not in <paramref name="keys"/> yet.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SigningKey> At(ImmutableArray<SigningKey> keys, IEnumerable<SigningKey> minted, DateTimeOffset now)
    {
        var next = keys;
        // Somebody else may have seen to an algorithm while the key was made.
        foreach (var key in minted.Where(key => WantsKey(next, key.Algorithm, now)))
        {
            next = next.Add(key.Become(SigningKeyStatus.Announced, now));
        }

        foreach (var algorithm in Algorithms)
        {
            if (Find(next, algorithm, SigningKeyStatus.Announced) is { } announced
                && (now >= announced.Since + options.AnnounceFor || Find(next, algorithm, SigningKeyStatus.Active) is null))
            {
                next = Activate(next, announced, now);
            }
        }

        return next.RemoveAll(key => key.Status == SigningKeyStatus.Retired && now >= key.Since + options.RetainFor);
    }

    /// <summary>Announces keys made for a rotation; immediately, what is announced signs from now on.</summary>
    public static ImmutableArray<SigningKey> Rotate(
        ImmutableArray<SigningKey> keys, IEnumerable<SigningKey> minted, bool immediately, DateTimeOffset now)
    {
        var next = keys.AddRange(minted
            .Where(key => Find(keys, key.Algorithm, SigningKeyStatus.Announced) is null)
            .Select(key => key.Become(SigningKeyStatus.Announced, now)));
        return immediately
            ? next.Where(key => key.Status == SigningKeyStatus.Announced).Aggregate(next, (all, key) => Activate(all, key, now))
            : next;
    }

    private static ImmutableArray<SigningKey> Activate(ImmutableArray<SigningKey> keys, SigningKey announced, DateTimeOffset now)
    {
        if (Find(keys, announced.Algorithm, SigningKeyStatus.Active) is { } active)
        {
            keys = keys.Replace(active, active.Become(SigningKeyStatus.Retired, now));
        }

        return keys.Replace(announced, announced.Become(SigningKeyStatus.Active, now));
    }

    private static SigningKey? Find(ImmutableArray<SigningKey> keys, SigningAlgorithm algorithm, SigningKeyStatus status) =>
        keys.FirstOrDefault(key => key.Algorithm == algorithm && key.Status == status);

    private bool WantsKey(ImmutableArray<SigningKey> keys, SigningAlgorithm algorithm, DateTimeOffset now) =>
        Find(keys, algorithm, SigningKeyStatus.Announced) is null
        && (Find(keys, algorithm, SigningKeyStatus.Active) is not { } active
            || now >= active.Since + options.RotateEvery - options.AnnounceFor);
}
