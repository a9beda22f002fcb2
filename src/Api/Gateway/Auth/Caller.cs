using System.Collections.Frozen;
using System.Security.Claims;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>Who calls, as credentials have proved it. Immutable, and shared by all requests with the same credentials.</summary>
internal sealed class Caller
{
    private ClaimsPrincipal? principal;
    private string? actor;
    private string? userSubject;
    private string? clientSubject;

    /// <summary>The user, or the client that acts for itself: <c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What was presented.</summary>
    public required CredentialKind Kind { get; init; }

    /// <summary>The client that the token was issued to.</summary>
    public string? ClientId { get; init; }

    /// <summary>The session: <c>sid</c>.</summary>
    public string? SessionId { get; init; }

    /// <summary>What the user is called.</summary>
    public string? Name { get; init; }

    public FrozenSet<string> Scopes { get; init; } = FrozenSet<string>.Empty;

    public FrozenSet<string> Roles { get; init; } = FrozenSet<string>.Empty;

    /// <summary>When the credentials end, in seconds since 1970; the largest number when they do not.</summary>
    public long ExpiresAt { get; init; } = long.MaxValue;

    /// <summary>Who it is, as the audit log and the access log have it.</summary>
    public string Actor => actor ??= Kind switch
    {
        CredentialKind.ApiKey => $"api-key:{Subject}",
        CredentialKind.Bearer when ClientId == Subject => $"client:{Subject}",
        _ => $"user:{Subject}",
    };

    /// <summary>What traffic is counted by: the program that calls. People are not, who would be as many series.</summary>
    public string Consumer => Kind == CredentialKind.Session ? "browser" : ClientId ?? Subject;

    /// <summary>The caller as limits count it.</summary>
    public string UserSubject => userSubject ??= "user:" + Subject;

    /// <summary>The caller's client as limits count it; null when there is none.</summary>
    public string? ClientSubject => ClientId is null ? null : clientSubject ??= "client:" + ClientId;

    /// <summary>For code that asks ASP.NET Core who calls.</summary>
    public ClaimsPrincipal Principal => principal ??= new ClaimsPrincipal(new ClaimsIdentity(Claims(), "Gatehouse", "name", "role"));

    private IEnumerable<Claim> Claims() =>
    [
        new Claim("sub", Subject),
        .. Optional("client_id", ClientId),
        .. Optional("sid", SessionId),
        .. Optional("name", Name),
        .. Scopes.Select(scope => new Claim("scope", scope)),
        .. Roles.Select(role => new Claim("role", role)),
    ];

    private static IEnumerable<Claim> Optional(string type, string? value) => value is null ? [] : [new Claim(type, value)];
}

/// <summary>The kinds of credentials.</summary>
internal enum CredentialKind : byte
{
    /// <summary>An access token.</summary>
    Bearer = 0,

    /// <summary>An API key.</summary>
    ApiKey,

    /// <summary>A browser's session cookie.</summary>
    Session,
}
