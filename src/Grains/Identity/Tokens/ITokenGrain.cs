namespace Gatehouse.Grains.Identity.Tokens;

/// <summary>One token; the key is the hash of what its bearer holds, so that nobody who reads the store can present it.</summary>
[Alias("gatehouse.tokens.grain")]
public interface ITokenGrain : IGrainWithStringKey
{
    /// <summary>Writes a new token.</summary>
    /// <returns>False when there is one already.</returns>
    [Alias("create")]
    Task<bool> Create(Token token);

    /// <summary>The token as last written; null when there is none.</summary>
    [Alias("find")]
    ValueTask<Token?> Find();

    /// <summary>
    /// Writes a change of the token that was read; of two that change the same version one succeeds. This is what makes
    /// redeeming it happen once.
    /// </summary>
    /// <param name="token">The changed token, with the version that was read.</param>
    /// <returns>False when it was changed meanwhile, or is gone.</returns>
    [Alias("change")]
    Task<bool> Change(Token token);

    /// <summary>Forgets the token.</summary>
    [Alias("delete")]
    Task Delete();
}
