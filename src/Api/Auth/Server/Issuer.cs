using Gatehouse.Api.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Server;

/// <summary>Who issues tokens. Known once the listeners are started, which may have been given any free port.</summary>
internal sealed class Issuer(IOptions<AuthOptions> options, Listeners listeners)
{
    private readonly Lazy<Uri> uri = new(() => options.Value.Issuer is { } issuer ? new Uri(issuer) : listeners.Public);

    /// <summary>The issuer as a URI.</summary>
    public Uri Uri => uri.Value;

    /// <summary>The issuer as tokens say it.</summary>
    public string Text => Uri.AbsoluteUri;
}
