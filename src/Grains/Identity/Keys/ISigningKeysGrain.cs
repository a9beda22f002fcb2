using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Keys;

/// <summary>
/// Owns the keys that tokens are signed with; its grain key is <see cref="Key"/>. A key is announced, becomes active, and
/// retires, on a schedule or when told to; each change is written, then published to the <c>signing-keys</c> view.
/// </summary>
[Alias("gatehouse.keys")]
public interface ISigningKeysGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "signing-keys";

    /// <summary>Does what the schedule says is due; makes the first keys. When it returns, every front door has them.</summary>
    [Alias("ensure"), ResponseTimeout("00:00:30")]
    Task Ensure();

    /// <summary>Begins a rotation of every algorithm.</summary>
    /// <param name="immediately">Whether new keys sign at once, without being announced first.</param>
    /// <returns>The keys now.</returns>
    [Alias("rotate"), ResponseTimeout("00:00:30")]
    Task<ImmutableArray<SigningKey>> Rotate(bool immediately);

    /// <summary>
    /// Takes a key out: when this returns, no front door accepts what it signed. An active key's successor signs from then on.
    /// </summary>
    /// <returns>Whether there was such a key.</returns>
    [Alias("revoke"), ResponseTimeout("00:00:30")]
    Task<bool> Revoke(string id);

    /// <summary>All keys as last written, oldest first.</summary>
    [Alias("list"), AlwaysInterleave]
    ValueTask<ImmutableArray<SigningKey>> List();
}
