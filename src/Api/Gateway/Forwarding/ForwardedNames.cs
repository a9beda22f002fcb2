namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>The headers that tell a service how it was called.</summary>
internal static class ForwardedNames
{
    public const string For = "X-Forwarded-For";
    public const string Proto = "X-Forwarded-Proto";
    public const string Host = "X-Forwarded-Host";
    public const string Port = "X-Forwarded-Port";
    public const string Prefix = "X-Forwarded-Prefix";
    public const string Forwarded = "Forwarded";
}
