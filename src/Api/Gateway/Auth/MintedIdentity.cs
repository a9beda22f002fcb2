using Gatehouse.Api.Auth.Keys;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>A <c>Gatehouse-Identity</c> that was minted.</summary>
/// <param name="Token">The JWT.</param>
/// <param name="RenewAt">When the next is minted, in seconds since 1970.</param>
/// <param name="Ring">The keys that were in force; with others, another one is minted.</param>
internal sealed record MintedIdentity(string Token, long RenewAt, SigningKeyRing Ring);
