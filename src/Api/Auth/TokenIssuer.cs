using Gatehouse.Api.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth;

/// <summary>The name that this cluster's tokens are issued under.</summary>
/// <param name="options">The settings.</param>
/// <param name="publicUrl">Where clients call; known once the listeners have started.</param>
internal sealed class TokenIssuer(IOptions<AuthOptions> options, Func<Uri> publicUrl)
{
    private readonly Lazy<Uri> uri = new(() => options.Value.Issuer is { } issuer ? new Uri(issuer) : publicUrl());

    public TokenIssuer(IOptions<AuthOptions> options, Listeners listeners) : this(options, () => listeners.Public)
    {
    }

    /// <summary>Where clients find the issuer.</summary>
    public Uri Uri => uri.Value;

    /// <summary>The <c>iss</c> of tokens.</summary>
    public string Value => Uri.AbsoluteUri;
}
