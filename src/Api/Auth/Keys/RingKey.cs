using Gatehouse.Grains.Identity.Keys;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Auth.Keys;

/// <summary>A signing key, opened.</summary>
/// <param name="Id">The <c>kid</c>.</param>
/// <param name="Algorithm">What it signs by.</param>
/// <param name="Status">Where in its life it is.</param>
/// <param name="PublicKey">Verifies; has no private part.</param>
/// <param name="Signing">Signs; null when this process could not open the private key.</param>
internal sealed record RingKey(
    string Id, SigningAlgorithm Algorithm, SigningKeyStatus Status, SecurityKey PublicKey, SigningCredentials? Signing);
