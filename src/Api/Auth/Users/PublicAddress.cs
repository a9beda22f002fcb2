using Gatehouse.Api.Hosting;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Where browsers reach this Gatehouse, for links in mails: never what a request says of it.</summary>
internal sealed class PublicAddress(IConfiguration configuration, Listeners listeners)
{
    /// <summary>The address of a page.</summary>
    public Uri Of(string pathAndQuery) => new(Base, pathAndQuery);

    /// <summary>The address, ending in a slash.</summary>
    public Uri Base => configuration["Gatehouse:Auth:Issuer"] is { Length: > 0 } issuer && Uri.TryCreate(issuer, UriKind.Absolute, out var uri)
        ? new UriBuilder(uri) { Path = $"{uri.AbsolutePath.TrimEnd('/')}/" }.Uri
        : listeners.Public;
}
