using Gatehouse.Grains.Identity.Authorizations;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>An authorization while a request works on it.</summary>
internal sealed class AuthorizationEntity(string id, Authorization authorization)
{
    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>The authorization as read, with the changes made since.</summary>
    public Authorization Authorization { get; set; } = authorization;
}
