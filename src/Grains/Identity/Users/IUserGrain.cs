using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>One user; the key is the user's id.</summary>
[Alias("gatehouse.identity.user")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>The user; null when there is none.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<User?> Find();

    /// <summary>Creates the user, or replaces the version that the given one names.</summary>
    [Alias("put"), ResponseTimeout("00:00:15")]
    Task<UserWrite> Put(User user);

    /// <summary>Takes a code of the authenticator app for used.</summary>
    /// <param name="step">The code's time step.</param>
    /// <returns>False when it, or a later one, was used before.</returns>
    [Alias("use-totp")]
    Task<bool> UseTotp(long step);

    /// <summary>Takes the user out. The names become free.</summary>
    /// <returns>False when there is none.</returns>
    [Alias("delete"), ResponseTimeout("00:00:15")]
    Task<bool> Delete();
}

/// <summary>The answer to a write of a user.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="User">The user as written, or null.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-write")]
public sealed record UserWrite([property: Id(0)] UserOutcome Outcome, [property: Id(1)] User? User = null);

/// <summary>What a write of a user did.</summary>
[GenerateSerializer, Alias("gatehouse.identity.user-outcome")]
public enum UserOutcome
{
    /// <summary>It is written.</summary>
    Written = 0,

    /// <summary>Somebody wrote another version meanwhile.</summary>
    Conflict = 1,

    /// <summary>A name or passkey belongs to another user.</summary>
    Taken = 2,
}
