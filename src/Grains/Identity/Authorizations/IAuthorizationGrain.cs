namespace Gatehouse.Grains.Identity.Authorizations;

/// <summary>One authorization; the key is its id.</summary>
[Alias("gatehouse.authorizations.grain")]
public interface IAuthorizationGrain : IGrainWithStringKey
{
    /// <summary>Writes a new authorization.</summary>
    [Alias("create")]
    Task Create(Authorization authorization);

    /// <summary>The authorization; null when there is none.</summary>
    [Alias("find")]
    ValueTask<Authorization?> Find();

    /// <summary>Revokes it, and with it every token of its family. Idempotent.</summary>
    /// <returns>The authorization; null when there is none.</returns>
    [Alias("revoke")]
    Task<Authorization?> Revoke();
}
