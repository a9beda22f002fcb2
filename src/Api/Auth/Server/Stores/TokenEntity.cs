using Gatehouse.Grains.Identity.Tokens;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>A token while a request works on it: OpenIddict changes it field by field, then has it stored.</summary>
internal sealed class TokenEntity(string id, Token token)
{
    /// <summary>The hash of what the bearer holds.</summary>
    public string Id { get; } = id;

    /// <summary>The token as read, with the changes made since.</summary>
    public Token Token { get; set; } = token;
}
