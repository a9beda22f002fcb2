namespace Gatehouse.Api.Auth.Users;

/// <summary>Where browsers reach this Gatehouse, for links in mails: never what a request says of it.</summary>
internal sealed class PublicAddress(TokenIssuer issuer)
{
    /// <summary>The address of a page.</summary>
    public Uri Of(string pathAndQuery) => new(Base, pathAndQuery);

    /// <summary>The address, ending in a slash.</summary>
    public Uri Base => issuer.Uri is { AbsolutePath: [.., '/'] } uri ? uri : new UriBuilder(issuer.Uri) { Path = $"{issuer.Uri.AbsolutePath}/" }.Uri;
}
